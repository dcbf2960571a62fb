package org.lamina.conformance.cases;

import java.util.Arrays;
import java.util.List;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.conformance.PrimitiveCase.Body;
import org.lamina.graph.Composite;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.MatMul;
import org.lamina.graph.Node;
import org.lamina.graph.StopGradient;
import org.lamina.graph.Transpose;
import org.lamina.graph.Unary;

/** What a graph is made of besides ops: inputs, constants, outputs, and ops that pass their operand through. */
final class GraphCases {
    private final CaseList list;

    GraphCases(CaseList list) {
        this.list = list;
    }

    void add() {
        for (DType dtype : Values.ALL) {
            HostArray value = Values.special(dtype, Shape.of(2, 3));
            HostArray scalar = Values.random(dtype, Shape.scalar(), 1);
            HostArray empty = Values.random(dtype, Shape.of(0, 2), 1);
            list.exact("constant", dtype, "as outputs", constants(value, scalar, empty));
            list.exact("input", dtype, "as outputs", (graph, inputs) -> inputs, value, scalar, empty);
            list.exact("input", dtype, "twice and unused", (graph, in) -> List.of(in.get(1), in.get(1)), scalar, value);
            list.exact("input", dtype, "in other shapes", GraphCases::views, value);
            list.exact("stop_gradient", dtype, "of an input", CaseList.applied(new StopGradient()), value);
        }
        Values.FLOATING.forEach(this::addFloating);
    }

    private static Body constants(HostArray... values) {
        return (graph, inputs) -> Arrays.stream(values).map(graph::constant).toList();
    }

    private static List<Node> views(GraphBuilder graph, List<Node> inputs) {
        Node x = inputs.get(0);
        Node transposed = graph.apply(new Transpose(List.of(1, 0)), x);
        return List.of(x, graph.reshape(x, Shape.of(6)), transposed, transposed, graph.broadcast(x, Shape.of(2, 2, 3)));
    }

    private void addFloating(DType dtype) {
        HostArray x = Values.random(dtype, Shape.of(3, 2), 2);
        HostArray weight = Values.random(dtype, Shape.of(2, 4), 3);
        list.derived(
                "constant",
                dtype,
                "that others are computed from",
                (graph, inputs) -> {
                    Node w = graph.constant(weight);
                    Node scaled = graph.mul(graph.apply(Unary.EXP, w), graph.scalar(0.5, dtype));
                    return List.of(scaled, graph.apply(new MatMul(), inputs.get(0), scaled), scaled);
                },
                x);
        list.derived(
                "stop_gradient",
                dtype,
                "inside a graph",
                (graph, inputs) -> {
                    Node stopped = graph.apply(new StopGradient(), graph.apply(Unary.TANH, inputs.get(0)));
                    return List.of(stopped, graph.mul(stopped, inputs.get(0)));
                },
                x);
        list.derived(
                "composite",
                dtype,
                "is its decomposition",
                (graph, inputs) -> {
                    Node argument = inputs.get(0);
                    Node value = graph.apply(Unary.SIN, graph.apply(Unary.COS, argument));
                    return List.of(graph.apply(new Composite("sine_of_cosine", null), value, argument), value);
                },
                x);
        list.derived("input", dtype, "through 300 ops", GraphCases::chain, x);
        list.calls(
                "input",
                dtype,
                "called again with other values",
                List.of(x.type()),
                GraphCases::chain,
                List.of(List.of(x), List.of(Values.random(dtype, Shape.of(3, 2), 5)), List.of(x)));
    }

    private static List<Node> chain(GraphBuilder graph, List<Node> inputs) {
        Node x = inputs.get(0);
        Node y = x;
        for (int i = 0; i < 100; i++) {
            y = graph.apply(Unary.SIN, graph.add(graph.mul(y, graph.scalar(1.25, x)), x));
        }
        return List.of(y);
    }
}
