package org.lamina.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.lamina.DType;
import org.lamina.Generator;
import org.lamina.HostArray;
import org.lamina.graph.Differentiation;
import org.lamina.graph.Graph;
import org.lamina.graph.Node;
import org.lamina.layer.Trace;
import org.lamina.layer.TracedLayer;

/**
 * A layer's outputs and the gradients of the sum of (output times cotangent), by its floating inputs and by all it declares, as
 * one graph with what it is to be called with.
 */
final class LayerGraph {
    private final List<Node> given = new ArrayList<>();
    private final List<HostArray> operands = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final List<Integer> differentiated = new ArrayList<>();
    private final List<HostArray> cotangents = new ArrayList<>();
    private final TracedLayer traced;
    private final Graph graph;

    LayerGraph(LayerCase subject, DType dtype) {
        List<HostArray> inputs = subject.inputs(dtype);
        traced = Trace.of(subject.layer().get(), dtype, LayerCase.types(inputs), false);
        nameOutputs();
        giveInputs(inputs);
        Map<String, HostArray> values = subject.values(dtype);
        traced.declared().forEach((path, node) -> give(node, Objects.requireNonNull(values.get(path)), "grad." + path));
        giveDraws();
        graph = Graph.of(
                given, results(subject.kind(), Generator.of(subject.seed()).split("cotangents")));
    }

    private void nameOutputs() {
        int count = traced.outputs().size();
        for (int i = 0; i < count; i++) {
            names.add(numbered("y", i, count));
        }
    }

    private void giveInputs(List<HostArray> inputs) {
        for (int i = 0; i < inputs.size(); i++) {
            give(traced.inputs().get(i), inputs.get(i), numbered("grad.x", i, inputs.size()));
        }
    }

    private void give(Node node, HostArray value, String gradient) {
        if (value.dtype().isFloating()) {
            differentiated.add(given.size());
            names.add(gradient);
        }
        given.add(node);
        operands.add(value);
    }

    /** What a call outside of training draws: the uniform values of seed 0, split by the draw's position. */
    private void giveDraws() {
        for (Node draw : traced.randoms()) {
            operands.add(HostArray.generate(draw.type(), Generator.of(0).split(given.size())::uniform));
            given.add(draw);
        }
    }

    private List<Node> results(InputKind kind, Generator generator) {
        List<Node> by = differentiated.stream().map(given::get).toList();
        List<Node> floating = traced.outputs().stream()
                .filter(node -> node.type().dtype().isFloating())
                .toList();
        List<Node> weights = new ArrayList<>();
        for (int i = 0; i < floating.size(); i++) {
            Node weight = traced.graph().input("dy" + i, floating.get(i).type());
            cotangents.add(kind.cotangent(weight.type(), generator.split(i)));
            weights.add(weight);
        }
        given.addAll(weights);
        operands.addAll(cotangents);
        List<Node> results = new ArrayList<>(traced.outputs());
        results.addAll(Differentiation.pullback(traced.graph(), floating, weights, by));
        return results;
    }

    private static String numbered(String name, int index, int count) {
        return count == 1 ? name : name + index;
    }

    /** Outputs first, then gradients. */
    Graph graph() {
        return graph;
    }

    /** The layer's outputs alone. */
    Graph outputs() {
        return Graph.of(given, traced.outputs());
    }

    /** What the graph is called with. */
    List<HostArray> operands() {
        return operands;
    }

    /** For each of the graph's outputs its name: {@code y}, {@code grad.x}, {@code grad.weight}. */
    List<String> names() {
        return names;
    }

    /** The positions of the operands that there are gradients by. */
    List<Integer> differentiated() {
        return differentiated;
    }

    /** What the floating outputs are multiplied by. */
    List<HostArray> cotangents() {
        return cotangents;
    }

    TracedLayer traced() {
        return traced;
    }

    /** The same for a framework's own differentiation. */
    NativeCase nativeCase(String name) {
        List<Node> outputs = traced.outputs().stream()
                .filter(node -> node.type().dtype().isFloating())
                .toList();
        List<Node> gradients =
                graph.outputs().subList(traced.outputs().size(), graph.outputs().size());
        int count = given.size() - cotangents.size();
        return new NativeCase(
                "7.3",
                name,
                "gradients",
                outputs.get(0).type().dtype(),
                Graph.of(given.subList(0, count), outputs),
                Graph.of(given, gradients),
                operands.subList(0, count),
                cotangents,
                differentiated);
    }
}
