package org.lamina.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.Graph;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.MatMul;
import org.lamina.graph.Node;
import org.lamina.graph.Unary;
import org.lamina.spi.Engine;
import org.lamina.spi.Executable;
import org.lamina.spi.NativeArray;

/** What an engine must do besides computing: arrays, batch sizes, who owns what, threads and memory. */
public final class EngineConformance {
    private static final List<Shape> SHAPES =
            List.of(Shape.scalar(), Shape.of(0, 3), Shape.of(2, 3), Shape.of(3, 5, 7));
    private static final int WIDTH = 8;
    private static final long[] BATCHES = {3, 1, 0, 5};

    private EngineConformance() {}

    /** All checks, each of one rule. */
    public static List<EngineCheck> all() {
        return List.of(
                new EngineCheck("1.2", "arrays come back bit for bit", EngineConformance::arrays),
                new EngineCheck("1.5", "one graph takes every batch size", EngineConformance::batches),
                new EngineCheck("3.50", "outputs share no memory", EngineConformance::ownership),
                new EngineCheck("10.10", "closing", EngineConformance::closing),
                new EngineCheck("10.9", "threads", EngineConformance::threads),
                new EngineCheck("10.15", "memory", EngineConformance::memory));
    }

    private static Optional<String> arrays(Engine engine) {
        for (DType dtype : engine.info().dtypes()) {
            for (Shape shape : SHAPES) {
                HostArray array = HostArray.generate(new TensorType(dtype, shape), i -> i / 7.0 - 1);
                try (NativeArray uploaded = engine.upload(array)) {
                    if (!uploaded.type().equals(array.type())) {
                        return Optional.of(array.type() + " becomes " + uploaded.type());
                    }
                    if (!uploaded.download().equals(array)) {
                        return Optional.of(array + " comes back as " + uploaded.download());
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> batches(Engine engine) {
        try (Executable doubled = doubled(engine)) {
            for (long batch : BATCHES) {
                HostArray x = HostArray.normal(Shape.of(batch, 2), batch);
                HostArray expected = HostArray.generate(x.type(), i -> 2 * x.doubleAt(i));
                HostArray got = run(engine, doubled, x).get(0);
                if (!got.equals(expected)) {
                    return Optional.of("x + x of " + x + " is " + got + ", expected " + expected);
                }
            }
        }
        return Optional.empty();
    }

    private static Executable doubled(Engine engine) {
        GraphBuilder graph = new GraphBuilder();
        Node x = graph.input("x", new TensorType(DType.FLOAT32, Shape.of(Shape.BATCH, 2)));
        return engine.compile(Graph.of(List.of(x), List.of(graph.add(x, x))));
    }

    /** The input twice, a view of it, and a result twice: closing one must not take another away. */
    private static Optional<String> ownership(Engine engine) {
        HostArray value = HostArray.normal(Shape.of(2, 3), 1);
        GraphBuilder graph = new GraphBuilder();
        Node x = graph.input("x", value.type());
        Node view = graph.reshape(x, Shape.of(3, 2));
        Node result = graph.neg(x);
        List<Node> nodes = List.of(x, x, view, result, result);
        try (Executable executable = engine.compile(Graph.of(List.of(x), nodes));
                NativeArray input = engine.upload(value)) {
            List<HostArray> expected = run(engine, executable, value);
            List<NativeArray> outputs = new ArrayList<>(executable.run(List.of(input)));
            for (int i = 0; i < outputs.size(); i++) {
                if (!outputs.get(i).download().equals(expected.get(i))) {
                    return Optional.of("output " + i + " changes when the outputs before it are closed");
                }
                outputs.get(i).close();
            }
            return input.download().equals(value)
                    ? Optional.empty()
                    : Optional.of("the input changes when the outputs are closed");
        }
    }

    private static Optional<String> closing(Engine engine) {
        NativeArray array = engine.upload(HostArray.normal(Shape.of(2), 1));
        array.close();
        array.close();
        Executable executable = doubled(engine);
        executable.close();
        executable.close();
        try (NativeArray x = engine.upload(HostArray.normal(Shape.of(1, 2), 1))) {
            return notClosed("an array", array::download)
                    .or(() -> notClosed("a compiled graph", () -> executable.run(List.of(x))));
        }
    }

    private static Optional<String> notClosed(String name, Runnable use) {
        try {
            use.run();
            return Optional.of(name + " works after it was closed");
        } catch (LaminaException e) {
            return e.code() == ErrorCode.CLOSED
                    ? Optional.empty()
                    : Optional.of(name + " that was closed throws " + e.code() + ", expected CLOSED");
        }
    }

    private static Optional<String> threads(Engine engine) {
        try (Executable dense = dense(engine)) {
            return SideBySide.difference(
                    List.of(HostArray.normal(Shape.of(64, WIDTH), 1)), inputs -> run(engine, dense, inputs.get(0)));
        }
    }

    private static Optional<String> memory(Engine engine) {
        HostArray x = HostArray.normal(Shape.of(ResidentMemory.LEAST_BYTES / Float.BYTES / WIDTH, WIDTH), 1);
        try (Executable dense = dense(engine)) {
            return ResidentMemory.leak(() -> run(engine, dense, x));
        }
    }

    /** tanh(x W) of rows. */
    private static Executable dense(Engine engine) {
        GraphBuilder graph = new GraphBuilder();
        Node x = graph.input("x", new TensorType(DType.FLOAT32, Shape.of(Shape.BATCH, WIDTH)));
        Node weight = graph.constant(HostArray.normal(Shape.of(WIDTH, WIDTH), 2));
        return engine.compile(
                Graph.of(List.of(x), List.of(graph.apply(Unary.TANH, graph.apply(new MatMul(), x, weight)))));
    }

    private static List<HostArray> run(Engine engine, Executable executable, HostArray input) {
        List<NativeArray> outputs = new ArrayList<>();
        try (NativeArray array = engine.upload(input)) {
            outputs.addAll(executable.run(List.of(array)));
            return outputs.stream().map(NativeArray::download).toList();
        } finally {
            outputs.forEach(NativeArray::close);
        }
    }
}
