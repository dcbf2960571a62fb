package org.lamina.graph;

import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.TensorType;

/**
 * Arithmetic on scalar constants while tracing. Only ops that IEEE 754 defines to the last bit are folded, so the result is
 * the one every backend would compute; other constant parts of a graph are computed once by the backend itself.
 */
final class ConstantFolding {
    private ConstantFolding() {}

    static @Nullable Node unary(GraphBuilder graph, Op op, Node x) {
        HostArray value = GraphBuilder.scalarValue(x);
        if (value == null || !value.dtype().isFloating()) {
            return null;
        }
        if (op == Unary.NEG) {
            return graph.scalar(-value.doubleAt(0), x);
        }
        return op instanceof Cast cast && cast.dtype().isFloating() ? graph.constant(value.cast(cast.dtype())) : null;
    }

    static @Nullable Node binary(GraphBuilder graph, Binary op, Node x, Node y, TensorType type) {
        if (x.type().equals(type) && isRightIdentity(op, y)) {
            return x;
        }
        if (y.type().equals(type) && op == Binary.MUL && Simplification.isScalar(x, 1)) {
            return y;
        }
        HostArray a = GraphBuilder.scalarValue(x);
        HostArray b = GraphBuilder.scalarValue(y);
        if (a == null || b == null || !type.dtype().isFloating()) {
            return null;
        }
        return fold(graph, op, a.doubleAt(0), b.doubleAt(0), type.dtype());
    }

    private static boolean isRightIdentity(Binary op, Node y) {
        return switch (op) {
            case MUL, DIV, POW -> Simplification.isScalar(y, 1);
            case SUB -> Simplification.isScalar(y, 0);
            default -> false;
        };
    }

    /** A float32 result of one op in float64, rounded once, is the correctly rounded one: 53 bits are at least 2 * 24 + 2. */
    private static @Nullable Node fold(GraphBuilder graph, Binary op, double a, double b, DType dtype) {
        return switch (op) {
            case ADD -> graph.scalar(a + b, dtype);
            case SUB -> graph.scalar(a - b, dtype);
            case MUL -> graph.scalar(a * b, dtype);
            case DIV -> graph.scalar(a / b, dtype);
            default -> null;
        };
    }
}
