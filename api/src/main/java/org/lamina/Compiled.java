package org.lamina;

import java.util.ArrayList;
import java.util.List;
import org.lamina.graph.Differentiation;
import org.lamina.graph.Gather;
import org.lamina.graph.Graph;
import org.lamina.graph.Node;
import org.lamina.layer.TracedLayer;
import org.lamina.spi.Engine;
import org.lamina.spi.Executable;
import org.lamina.spi.NativeArray;

/** A layer traced for some input types and compiled for one kind of call. */
final class Compiled implements AutoCloseable {
    /** The kinds of call. */
    enum Mode {
        PREDICT,
        GRADIENT
    }

    private final TracedLayer traced;
    private final Graph graph;
    private final Executable executable;
    private final List<Node> differentiated;

    private Compiled(TracedLayer traced, Graph graph, Executable executable, List<Node> differentiated) {
        this.traced = traced;
        this.graph = graph;
        this.executable = executable;
        this.differentiated = differentiated;
    }

    static Compiled predict(Engine engine, TracedLayer traced) {
        List<Node> inputs = new ArrayList<>(traced.inputs());
        inputs.addAll(traced.declared().values());
        inputs.addAll(traced.randoms());
        Graph graph = Graph.of(inputs, traced.outputs());
        return new Compiled(traced, graph, engine.compile(graph), List.of());
    }

    /** Outputs are the layer's, then the gradients of the floating inputs, then those of the declarations in order. */
    static Compiled gradient(Engine engine, TracedLayer traced) {
        List<Node> inputs = new ArrayList<>(traced.inputs());
        inputs.addAll(traced.declared().values());
        inputs.addAll(traced.randoms());
        List<Node> smooth =
                traced.outputs().stream().filter(Compiled::isFloating).toList();
        List<Node> cotangents = new ArrayList<>();
        for (int i = 0; i < smooth.size(); i++) {
            cotangents.add(traced.graph().input("dy" + i, smooth.get(i).type()));
        }
        inputs.addAll(cotangents);
        List<Node> by = new ArrayList<>(
                traced.inputs().stream().filter(Compiled::isFloating).toList());
        by.addAll(traced.declared().values());
        List<Node> outputs = new ArrayList<>(traced.outputs());
        outputs.addAll(Differentiation.pullback(traced.graph(), smooth, cotangents, by));
        Graph graph = Graph.of(inputs, outputs);
        return new Compiled(traced, graph, engine.compile(graph), List.copyOf(by));
    }

    static boolean isFloating(Node node) {
        return node.type().dtype().isFloating();
    }

    Executable executable() {
        return executable;
    }

    TracedLayer traced() {
        return traced;
    }

    @Override
    public void close() {
        executable.close();
    }

    /** What gradients were taken by: floating inputs, then declarations. */
    List<Node> differentiated() {
        return differentiated;
    }

    /**
     * The operands of the executable in its order.
     *
     * @param owned where those made here are added, for the caller to close
     */
    List<NativeArray> operands(
            Engine engine,
            List<HostArray> inputs,
            List<HostArray> cotangents,
            Weights weights,
            List<NativeArray> owned) {
        List<NativeArray> operands = new ArrayList<>();
        for (HostArray input : inputs) {
            operands.add(own(engine.upload(input), owned));
        }
        traced.declared().keySet().forEach(path -> operands.add(weights.value(path)));
        for (int i = operands.size(); i < graph.inputs().size(); i++) {
            int given = i
                    - traced.inputs().size()
                    - traced.declared().size()
                    - traced.randoms().size();
            TensorType type = graph.inputs().get(i).type().bind(batch(inputs));
            HostArray value = given < 0
                    ? draw(type, i)
                    : cotangents.isEmpty() ? HostArray.full(type, 1) : checked(cotangents, given, type);
            operands.add(own(engine.upload(value), owned));
        }
        return operands;
    }

    private static NativeArray own(NativeArray array, List<NativeArray> owned) {
        owned.add(array);
        return array;
    }

    private long batch(List<HostArray> inputs) {
        for (int i = 0; i < inputs.size(); i++) {
            if (traced.inputs().get(i).type().shape().isOpen()) {
                return inputs.get(i).shape().extent(0);
            }
        }
        return Shape.BATCH;
    }

    /** Outside of training the draws are those of seed 0, so that a call can be repeated. */
    private static HostArray draw(TensorType type, int index) {
        Generator generator = Generator.of(0).split(index);
        return HostArray.generate(type, type.dtype() == DType.FLOAT32 ? generator::uniformFloat : generator::uniform);
    }

    private static HostArray checked(List<HostArray> cotangents, int index, TensorType type) {
        if (index >= cotangents.size() || !cotangents.get(index).type().equals(type)) {
            throw new LaminaException(
                    ErrorCode.SHAPE,
                    "gradient: the cotangents are "
                            + cotangents.stream().map(HostArray::type).toList() + " and number " + index + " must be "
                            + type + ". Give one for each floating output, of its type.");
        }
        return cotangents.get(index);
    }

    /** Checks indices that come from outside, as an index out of range would reach native code. */
    void checkIndices(List<HostArray> inputs) {
        for (Node node : graph.nodes()) {
            if (node.op() instanceof Gather gather) {
                int input = traced.inputs().indexOf(node.operand(1));
                long size = node.operand(0).type().shape().extent(gather.axis());
                if (input >= 0) {
                    checkIndices(inputs.get(input), size, node);
                }
            }
        }
    }

    private static void checkIndices(HostArray indices, long size, Node node) {
        for (int i = 0; i < indices.size(); i++) {
            long index = indices.longAt(i);
            if (index < 0 || index >= size) {
                throw new LaminaException(
                        ErrorCode.RANGE,
                        "gather: element " + i + " of the indices is " + index + " and the axis has " + size
                                + " elements; indices go from 0 to " + (size - 1) + ". In " + node.location() + ".");
            }
        }
    }
}
