package org.lamina.port;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lamina.Shape;
import org.lamina.graph.ArgMax;
import org.lamina.graph.Binary;
import org.lamina.graph.Broadcast;
import org.lamina.graph.Cast;
import org.lamina.graph.Comparison;
import org.lamina.graph.Composite;
import org.lamina.graph.Concat;
import org.lamina.graph.CumSum;
import org.lamina.graph.Logical;
import org.lamina.graph.MatMul;
import org.lamina.graph.Node;
import org.lamina.graph.Op;
import org.lamina.graph.Pad;
import org.lamina.graph.Reduction;
import org.lamina.graph.Reshape;
import org.lamina.graph.Select;
import org.lamina.graph.Slice;
import org.lamina.graph.StopGradient;
import org.lamina.graph.Transpose;
import org.lamina.graph.Unary;
import org.lamina.port.AxisOrder.Flattened;
import org.lamina.port.AxisOrder.Ordered;
import org.lamina.port.AxisOrder.Unknown;

/** The order of the axes of an op's result from those of its operands, null being that of a value that fits any. */
final class AxisOps {
    private AxisOps() {}

    static @Nullable AxisOrder of(Node node, List<@Nullable AxisOrder> operands) {
        List<AxisOrder> orders = operands.stream()
                .filter(order -> order != null)
                .map(AxisOrder.class::cast)
                .toList();
        if (orders.isEmpty() || node.type().shape().rank() == 0) {
            return null;
        }
        int rank = node.type().shape().rank();
        boolean same = orders.stream().allMatch(order -> order instanceof Ordered ordered && ordered.isSame());
        if (node.op() instanceof Composite) {
            return operands.get(0);
        }
        return same && !(node.op() instanceof Transpose) && !keepsUnits(node.op())
                ? Ordered.same(rank).given(isGiven(orders))
                : result(node, operands, orders);
    }

    /** True of ops that must tell which axes have one element. */
    private static boolean keepsUnits(Op op) {
        return op instanceof Reshape || op instanceof Broadcast || op instanceof Reduction || isElementwise(op);
    }

    private static boolean isGiven(List<AxisOrder> orders) {
        return orders.stream().anyMatch(order -> order instanceof Ordered ordered && ordered.given());
    }

    private static @Nullable AxisOrder result(Node node, List<@Nullable AxisOrder> operands, List<AxisOrder> orders) {
        Op op = node.op();
        Shape shape = node.operand(0).type().shape();
        AxisOrder first = operands.get(0);
        if (op instanceof Concat && orders.stream().anyMatch(Flattened.class::isInstance)) {
            return new Unknown("flattened channels and places are joined there, each with an order of its own");
        }
        if (isElementwise(op) || op instanceof Concat) {
            return merged(orders);
        }
        if (!(first instanceof Ordered ordered)) {
            return first instanceof Flattened
                            && op instanceof Reshape
                            && node.type().shape().equals(shape)
                    ? first
                    : new Unknown("the op " + op.kind() + " was applied to it");
        }
        if (op instanceof Transpose transpose) {
            return ordered.permuted(transpose.permutation());
        }
        if (op instanceof Reshape) {
            return Regrouping.of(ordered, shape, node.type().shape());
        }
        if (op instanceof Reduction reduction) {
            return reduced(ordered, reduction.axes(), reduction.keepDims());
        }
        if (op instanceof ArgMax argMax) {
            return reduced(ordered, List.of(argMax.axis()), false);
        }
        boolean along = op instanceof Slice || op instanceof Pad || op instanceof CumSum;
        boolean kept = along || op instanceof MatMul || op instanceof Broadcast;
        return kept
                        && orders.size() == 1
                        && ordered.rank() == node.type().shape().rank()
                ? ordered
                : new Unknown("the op " + op.kind() + " was applied to it");
    }

    private static boolean isElementwise(Op op) {
        return op instanceof Unary
                || op instanceof Binary
                || op instanceof Comparison
                || op instanceof Logical
                || op instanceof Select
                || op instanceof Cast
                || op instanceof StopGradient;
    }

    private static AxisOrder merged(List<AxisOrder> orders) {
        AxisOrder result = orders.get(0);
        for (AxisOrder next : orders.subList(1, orders.size())) {
            if (result instanceof Ordered one && next instanceof Ordered other && one.agrees(other)) {
                result = one.covers(other) ? one : other.covers(one) ? other : unequal();
            } else if (!result.equals(next)) {
                result = result instanceof Unknown ? result : next instanceof Unknown ? next : unequal();
            }
        }
        return result;
    }

    private static AxisOrder unequal() {
        return new Unknown("values whose axes lie in different orders are brought together there");
    }

    private static AxisOrder reduced(Ordered order, List<Integer> axes, boolean keepDims) {
        List<Integer> all = IntStream.range(0, order.rank()).boxed().toList();
        if (keepDims) {
            return new Ordered(
                    order.source(),
                    all.stream()
                            .map(axis -> order.significant().get(axis) && !axes.contains(axis))
                            .toList(),
                    order.given());
        }
        List<Integer> left = all.stream().filter(axis -> !axes.contains(axis)).toList();
        List<Integer> places =
                left.stream().sorted(Comparator.comparing(order.source()::get)).toList();
        return new Ordered(
                left.stream().map(places::indexOf).toList(),
                left.stream().map(order.significant()::get).toList(),
                order.given());
    }
}
