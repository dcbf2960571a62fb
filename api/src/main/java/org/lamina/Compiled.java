package org.lamina;

import java.util.ArrayList;
import java.util.List;
import org.lamina.graph.Differentiation;
import org.lamina.graph.Graph;
import org.lamina.graph.Node;
import org.lamina.layer.TracedLayer;
import org.lamina.spi.Engine;
import org.lamina.spi.Executable;
import org.lamina.spi.ManyAxes;
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
    private final List<String> declared;

    private Compiled(TracedLayer traced, Graph graph, Executable executable, List<Node> differentiated) {
        this.traced = traced;
        this.graph = graph;
        this.executable = executable;
        this.differentiated = differentiated;
        this.declared = List.copyOf(traced.declared().keySet());
    }

    static Compiled predict(Engine engine, TracedLayer traced) {
        List<Node> inputs = new ArrayList<>(traced.inputs());
        inputs.addAll(traced.declared().values());
        inputs.addAll(traced.randoms());
        Graph graph = Graph.of(inputs, traced.outputs());
        return new Compiled(traced, graph, ManyAxes.compile(engine, graph), List.of());
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
        return new Compiled(traced, graph, ManyAxes.compile(engine, graph), List.copyOf(by));
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
     * The operands of the executable in its order. Its loops go by index, as an iterator is garbage of every call.
     *
     * @param owned where those made here are added, for the caller to close
     */
    List<NativeArray> operands(
            Engine engine,
            List<HostArray> inputs,
            List<HostArray> cotangents,
            Weights weights,
            List<NativeArray> owned) {
        List<NativeArray> operands = new ArrayList<>(graph.inputs().size());
        for (int i = 0; i < inputs.size(); i++) {
            operands.add(own(engine.upload(inputs.get(i)), owned));
        }
        for (int i = 0; i < declared.size(); i++) {
            operands.add(weights.value(declared.get(i)));
        }
        // Outside of training the draws are those of seed 0 and step 0, so that a call can be repeated.
        List<HostArray> draws = traced.draws(inputs, 0, 0);
        for (int i = 0; i < draws.size(); i++) {
            operands.add(own(engine.upload(draws.get(i)), owned));
        }
        long batch = traced.batch(inputs);
        requireCount(cotangents, graph.inputs().size() - operands.size());
        for (int i = operands.size(), given = 0; i < graph.inputs().size(); i++, given++) {
            TensorType type = graph.inputs().get(i).type().bind(batch);
            HostArray cotangent = cotangents.isEmpty() ? HostArray.full(type, 1) : checked(cotangents, given, type);
            operands.add(own(engine.upload(cotangent), owned));
        }
        return operands;
    }

    private static NativeArray own(NativeArray array, List<NativeArray> owned) {
        owned.add(array);
        return array;
    }

    private static void requireCount(List<HostArray> cotangents, int outputs) {
        if (cotangents.size() > outputs) {
            throw new LaminaException(
                    ErrorCode.ARITY,
                    "gradient: there are " + cotangents.size() + " cotangents and " + outputs
                            + " floating outputs, so some would be left out. Give one for each floating output.");
        }
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

    /** Checks indices that come from outside. */
    void checkIndices(List<HostArray> inputs) {
        graph.checkIndices(inputs);
    }
}
