package org.lamina.graph;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.lamina.ErrorCode;
import org.lamina.Shape;
import org.lamina.TensorType;

/**
 * A reduction over axes; the dtype stays.
 *
 * @param reducer what is computed of the elements
 * @param axes the axes that go, counted from the start, ascending
 * @param keepDims true if they stay with size 1
 */
public record Reduction(Reducer reducer, List<Integer> axes, boolean keepDims) implements Op {
    /** What is computed of the elements along the axes. */
    public enum Reducer {
        /** The sum, 0 of none. */
        SUM,
        /** The sum divided by the count, of floating dtypes, of at least one element. */
        MEAN,
        /** The greatest, NaN if any is; equal ones share the derivative. At least one element. */
        MAX,
        /** The least, NaN if any is; equal ones share the derivative. At least one element. */
        MIN,
        /** The product, 1 of none. */
        PROD
    }

    @Override
    public String kind() {
        return reducer == Reducer.SUM || reducer == Reducer.MEAN || reducer == Reducer.PROD
                ? reducer.name().toLowerCase(Locale.ROOT)
                : "reduce_" + reducer.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public TensorType infer(Operands operands) {
        if (reducer == Reducer.MEAN) {
            operands.requireFloating(0);
        }
        operands.requireNumeric(0);
        Shape shape = operands.shape(0);
        for (int axis : axes) {
            operands.requireAxis(0, axis);
            if (shape.extent(axis) == 0 && reducer != Reducer.SUM && reducer != Reducer.PROD) {
                throw operands.error(
                        ErrorCode.EMPTY,
                        operands.describeShape(0) + ", so there is no element along axis " + axis
                                + " to reduce; the result " + "would mean nothing. Give at least one element.");
            }
        }
        return new TensorType(operands.dtype(0), reduced(shape, axes, keepDims));
    }

    static Shape reduced(Shape shape, List<Integer> axes, boolean keepDims) {
        Shape result = Shape.scalar();
        for (int axis = 0; axis < shape.rank(); axis++) {
            if (!axes.contains(axis)) {
                result = result.concat(shape.slice(axis, axis + 1));
            } else if (keepDims) {
                result = result.concat(Shape.of(1));
            }
        }
        return result;
    }

    @Override
    public List<@Nullable Node> pullback(GraphBuilder graph, Node node, Node cotangent) {
        Node x = node.operand(0);
        Shape kept = reduced(x.type().shape(), axes, true);
        Node dy = graph.reshape(cotangent, kept);
        return Collections.singletonList(
                switch (reducer) {
                    case SUM -> graph.broadcast(dy, x.type().shape());
                    case MEAN ->
                        graph.broadcast(
                                graph.div(
                                        dy, graph.apply(new Count(axes, x.type().dtype()), x)),
                                x.type().shape());
                    case MAX, MIN -> extremum(graph, x, graph.reshape(node, kept), dy);
                    case PROD -> graph.pullback(productTree(graph, x), x, cotangent);
                });
    }

    private Node extremum(GraphBuilder graph, Node x, Node y, Node dy) {
        Node chosen = graph.apply(new Cast(x.type().dtype()), graph.apply(Comparison.EQUAL, x, y));
        Node count = graph.sum(chosen, axes, true);
        return graph.mul(chosen, graph.div(dy, count));
    }

    /** The product by halving each axis, whose derivative needs no division and so holds for zeros, of any order. */
    private Node productTree(GraphBuilder graph, Node x) {
        Node product = x;
        for (int axis : axes) {
            product = halve(graph, product, axis);
        }
        return graph.reshape(product, reduced(x.type().shape(), axes, keepDims));
    }

    private static Node halve(GraphBuilder graph, Node x, int axis) {
        Node product = x;
        for (long size = graph.closed(x, axis); size != 1; size = (size + 1) / 2) {
            if (size == 0) {
                return graph.apply(new Pad(axis, 0, 1, 1), product);
            }
            long half = (size + 1) / 2;
            Node even = size % 2 == 0 ? product : graph.apply(new Pad(axis, 0, 1, 1), product);
            Node low = graph.apply(new Slice(axis, 0, half, 1), even);
            product = graph.mul(low, graph.apply(new Slice(axis, half, half, 1), even));
        }
        return product;
    }

    @Override
    public <T> T lower(Lowering<T> lowering, TensorType type, List<T> operands) {
        T x = operands.get(0);
        int[] along = axes.stream().mapToInt(Integer::intValue).toArray();
        return switch (reducer) {
            case SUM -> lowering.sum(x, along, keepDims);
            case MEAN -> lowering.mean(x, along, keepDims);
            case MAX -> lowering.reduceMax(x, along, keepDims);
            case MIN -> lowering.reduceMin(x, along, keepDims);
            case PROD -> lowering.prod(x, along, keepDims);
        };
    }
}
