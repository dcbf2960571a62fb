package org.lamina.conformance.cases;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.lamina.DType;
import org.lamina.Generator;
import org.lamina.HostArray;
import org.lamina.TensorType;
import org.lamina.conformance.NativeCase;
import org.lamina.conformance.PrimitiveCase;
import org.lamina.conformance.PrimitiveCase.Body;
import org.lamina.graph.Differentiation;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.Node;

/**
 * A smooth function of some inputs, at a point where it has all derivatives.
 *
 * @param op the primitive that it is about
 * @param name what is special about it
 * @param body makes its outputs; those that are not floating have no derivative
 * @param point the inputs in float64
 */
public record DerivativeCase(String op, String name, Body body, List<HostArray> point) {
    /** The point in a dtype. */
    HostArray[] inputs(DType dtype) {
        return point.stream().map(x -> x.cast(dtype)).toArray(HostArray[]::new);
    }

    /** The first and second derivatives on a backend, right within the derived tolerance. */
    PrimitiveCase primitiveCase(DType dtype) {
        List<HostArray> inputs = List.of(inputs(dtype));
        List<TensorType> types = inputs.stream().map(HostArray::type).toList();
        return new PrimitiveCase(
                "5.9", op, dtype, "derivatives, " + name, false, types, this::derivatives, List.of(inputs));
    }

    /** The same for a framework's own differentiation. */
    NativeCase nativeCase(DType dtype) {
        return NativeCase.of("5.1", op, name, body, List.of(inputs(dtype)));
    }

    /** The sum of the outputs times fixed cotangents. */
    public Node scalar(GraphBuilder graph, List<Node> inputs) {
        return weighted(graph, body.outputs(graph, inputs), 1);
    }

    /** The sum of the first derivatives times fixed vectors. */
    public Node slope(GraphBuilder graph, List<Node> inputs) {
        return weighted(graph, gradient(graph, scalar(graph, inputs), inputs), 2);
    }

    /** The first derivatives of {@link #scalar} and those of {@link #slope}, by each input. */
    public List<Node> derivatives(GraphBuilder graph, List<Node> inputs) {
        List<Node> derivatives = new ArrayList<>(gradient(graph, scalar(graph, inputs), inputs));
        derivatives.addAll(gradient(graph, slope(graph, inputs), inputs));
        return derivatives;
    }

    /** The derivatives of a scalar by nodes. */
    public static List<Node> gradient(GraphBuilder graph, Node scalar, List<Node> by) {
        return Differentiation.pullback(graph, List.of(scalar), List.of(graph.scalar(1, scalar)), by);
    }

    private static Node weighted(GraphBuilder graph, List<Node> values, long seed) {
        Node total = graph.scalar(0, values.get(0));
        for (Node value : values) {
            Generator generator = Generator.of(seed).split(value.type().shape().toString());
            HostArray weights = HostArray.generate(value.type(), i -> 0.5 + generator.uniform(i));
            List<Integer> axes = axes(value.type().shape().rank());
            total = graph.add(total, graph.sum(graph.mul(value, graph.constant(weights)), axes, false));
        }
        return total;
    }

    private static List<Integer> axes(int rank) {
        return IntStream.range(0, rank).boxed().toList();
    }
}
