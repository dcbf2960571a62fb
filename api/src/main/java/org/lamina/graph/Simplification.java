package org.lamina.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;

/**
 * Replaces an op by a cheaper value that is equal bit for bit, as it is applied. Common subexpressions are found by
 * {@link GraphBuilder} and dead nodes left out by {@link Graph#of}.
 */
final class Simplification {
    private Simplification() {}

    /** A node of the same value as the op applied to the operands, or null if the op itself is needed. */
    static @Nullable Node simplify(GraphBuilder graph, Op op, List<Node> operands, TensorType type) {
        if (operands.isEmpty()) {
            return null;
        }
        Node x = operands.get(0);
        if (op instanceof Count count) {
            Shape counted = Shape.of(
                    count.axes().stream().mapToLong(x.type().shape()::extent).toArray());
            return counted.isOpen() ? null : graph.scalar((double) counted.size(), count.dtype());
        }
        if (op instanceof Binary binary) {
            Node simpler = ConstantFolding.binary(graph, binary, x, operands.get(1), type);
            return simpler != null ? simpler : withoutBroadcast(graph, op, operands, type);
        }
        if (op instanceof Comparison) {
            return withoutBroadcast(graph, op, operands, type);
        }
        if (op instanceof Select) {
            return operands.get(1) == operands.get(2) && operands.get(1).type().equals(type) ? operands.get(1) : null;
        }
        return operands.size() == 1 ? ofOne(graph, op, x, type) : null;
    }

    private static @Nullable Node ofOne(GraphBuilder graph, Op op, Node x, TensorType type) {
        if (isIdentity(op, x, type)) {
            return x;
        }
        if (op instanceof Reshape && x.op() instanceof Reshape) {
            return graph.apply(op, x.operand(0));
        }
        if (op instanceof Broadcast && x.op() instanceof Broadcast) {
            return graph.apply(op, x.operand(0));
        }
        if (op instanceof Transpose outer && x.op() instanceof Transpose inner) {
            List<Integer> composed =
                    outer.permutation().stream().map(inner.permutation()::get).toList();
            return graph.apply(new Transpose(composed), x.operand(0));
        }
        if (op == Unary.NEG && x.op() == Unary.NEG) {
            return x.operand(0);
        }
        if (op instanceof Reduction reduction
                && reduction.axes().stream().allMatch(a -> x.type().shape().extent(a) == 1)) {
            return graph.reshape(x, type.shape());
        }
        return ConstantFolding.unary(graph, op, x);
    }

    private static boolean isIdentity(Op op, Node x, TensorType type) {
        if (!x.type().equals(type)) {
            return false;
        }
        return op instanceof Reshape
                || op instanceof Broadcast
                || op instanceof Cast
                || op instanceof Concat
                || op instanceof Pad
                || (op instanceof Slice slice && slice.step() == 1)
                || (op instanceof Transpose transpose && isOrdered(transpose.permutation()))
                || (op instanceof StopGradient && x.op() instanceof Constant);
    }

    private static boolean isOrdered(List<Integer> permutation) {
        return permutation.equals(permutation.stream().sorted().toList());
    }

    /** Elementwise ops broadcast by themselves, so a broadcast operand need not be made where the shape stays the same. */
    private static @Nullable Node withoutBroadcast(GraphBuilder graph, Op op, List<Node> operands, TensorType type) {
        Node x = operands.get(0);
        Node y = operands.get(1);
        if (x.op() instanceof Broadcast && y.type().shape().equals(type.shape())) {
            return graph.apply(op, x.operand(0), y);
        }
        if (y.op() instanceof Broadcast && x.type().shape().equals(type.shape())) {
            return graph.apply(op, x, y.operand(0));
        }
        return null;
    }

    static boolean isScalar(Node node, double value) {
        HostArray constant = GraphBuilder.scalarValue(node);
        return constant != null && Double.compare(constant.doubleAt(0), value) == 0;
    }
}
