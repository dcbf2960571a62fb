package org.lamina.djl;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.graph.Binary;
import org.lamina.graph.Cast;
import org.lamina.graph.Comparison;
import org.lamina.graph.Composite;
import org.lamina.graph.Graph;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.Linearization;
import org.lamina.graph.MatMul;
import org.lamina.graph.Node;
import org.lamina.graph.Op;
import org.lamina.graph.Reduction;
import org.lamina.graph.Reduction.Reducer;
import org.lamina.graph.ScatterAdd;
import org.lamina.graph.Unary;

/** The ops of a graph that DJL differentiates otherwise than Lamina, each with its derivative as a linear function. */
final class DjlDerivatives {
    private final GraphBuilder builder;
    private final boolean mxnet;
    private final Map<Node, Linearization> found = new HashMap<>();

    private DjlDerivatives(GraphBuilder builder, boolean mxnet) {
        this.builder = builder;
        this.mxnet = mxnet;
    }

    /** Adds nodes to the builder of the graph. */
    static Map<Node, Linearization> of(GraphBuilder builder, Graph graph, boolean mxnet) {
        DjlDerivatives derivatives = new DjlDerivatives(builder, mxnet);
        graph.nodes().forEach(derivatives::add);
        return Map.copyOf(derivatives.found);
    }

    private void add(Node node) {
        if (!node.type().dtype().isFloating() || !isOwn(node)) {
            return;
        }
        Linearization own = node.op() instanceof ScatterAdd scatter ? scattered(node, scatter) : derived(node);
        if (own != null) {
            found.put(node, own);
            Set<Node> dependent = own.dependent();
            own.nodes().stream()
                    .filter(step -> step.op() instanceof ScatterAdd && dependent.contains(step))
                    .forEach(this::add);
        }
    }

    private @Nullable Linearization derived(Node node) {
        return Linearization.of(builder, node);
    }

    /** As docs/known-deviations.md has it; and a derivative that an author gave, which no framework sees. */
    private boolean isOwn(Node node) {
        Op op = node.op();
        if (op instanceof Composite composite) {
            return composite.derivative() != null;
        }
        if (op instanceof Reduction reduction) {
            return reduction.reducer() == Reducer.MAX
                    || reduction.reducer() == Reducer.MIN
                    || (mxnet && reduction.reducer() == Reducer.PROD);
        }
        return op instanceof ScatterAdd || (mxnet && isWrongOnMxnet(node));
    }

    private static boolean isWrongOnMxnet(Node node) {
        Op op = node.op();
        return op == Binary.MAX
                || op == Binary.MIN
                || op == Binary.POW
                || (op == Unary.ERF && node.type().dtype() == DType.FLOAT64);
    }

    /** The scatter itself, as a product with a matrix that is 1 where an index points. DJL has none that adds. */
    private Linearization scattered(Node node, ScatterAdd op) {
        Node x = node.operand(0);
        Node indices = node.operand(1);
        int axis = op.axis();
        int end = axis + indices.type().shape().rank();
        Shape outer = x.type().shape().slice(0, axis);
        Shape inner = x.type().shape().slice(end, x.type().shape().rank());
        long count = indices.type().shape().size();
        Node tangent = builder.input("tangent 0 of %" + node.id(), x.type());
        Node rows = builder.reshape(tangent, outer.concat(Shape.of(count, inner.size())));
        Node result = builder.apply(
                new MatMul(), pointers(indices, op.size(), x.type().dtype()), rows);
        return Linearization.of(
                node,
                Arrays.asList(tangent, null),
                builder.reshape(result, outer.concat(Shape.of(op.size())).concat(inner)));
    }

    /** 1 in row i and column j if index j is i. */
    private Node pointers(Node indices, long size, DType dtype) {
        HostArray range = HostArray.of(
                Shape.of(size, 1), IntStream.range(0, (int) size).asLongStream().toArray());
        Node numbers = builder.constant(range.cast(indices.type().dtype()));
        Node row = builder.reshape(indices, Shape.of(1, indices.type().shape().size()));
        return builder.apply(new Cast(dtype), builder.apply(Comparison.EQUAL, numbers, row));
    }
}
