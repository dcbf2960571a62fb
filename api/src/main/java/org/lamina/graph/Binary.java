package org.lamina.graph;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.lamina.TensorType;

/** Ops of two operands of one dtype, element by element after broadcasting. In SPEC order. */
public enum Binary implements Op {
    /** x + y. */
    ADD {
        @Override
        List<Node> derivatives(GraphBuilder g, Node x, Node y, Node z, Node dz) {
            return List.of(dz, dz);
        }
    },
    /** x - y. */
    SUB {
        @Override
        List<Node> derivatives(GraphBuilder g, Node x, Node y, Node z, Node dz) {
            return List.of(dz, g.neg(dz));
        }
    },
    /** x y. */
    MUL {
        @Override
        List<Node> derivatives(GraphBuilder g, Node x, Node y, Node z, Node dz) {
            return List.of(g.mul(dz, y), g.mul(dz, x));
        }
    },
    /** x / y, of floating dtypes. */
    DIV {
        @Override
        List<Node> derivatives(GraphBuilder g, Node x, Node y, Node z, Node dz) {
            Node dx = g.div(dz, y);
            return List.of(dx, g.neg(g.mul(dx, z)));
        }
    },
    /** x to the power y. The derivative by x is 0 where y is 0, and by y is 0 where x is 0 and y is not negative. */
    POW {
        @Override
        List<Node> derivatives(GraphBuilder g, Node x, Node y, Node z, Node dz) {
            Node zero = g.scalar(0, x);
            Node slope = g.mul(y, g.apply(POW, x, g.sub(y, g.scalar(1, x))));
            Node dx = g.select(g.apply(Comparison.EQUAL, y, zero), zero, slope);
            Node flat =
                    g.apply(Logical.AND, g.apply(Comparison.EQUAL, x, zero), g.apply(Comparison.LESS_EQUAL, zero, y));
            Node base = g.select(flat, g.scalar(1, x), x);
            return List.of(g.mul(dz, dx), g.mul(dz, g.mul(z, g.apply(Unary.LOG, base))));
        }
    },
    /** The greater of the two, NaN if either is; where they are equal each has half the derivative. */
    MAX {
        @Override
        List<Node> derivatives(GraphBuilder g, Node x, Node y, Node z, Node dz) {
            return share(g, y, x, dz);
        }
    },
    /** The lesser of the two, NaN if either is; where they are equal each has half the derivative. */
    MIN {
        @Override
        List<Node> derivatives(GraphBuilder g, Node x, Node y, Node z, Node dz) {
            return share(g, x, y, dz);
        }
    };

    /** The cotangents of both operands, in the shape of the result. */
    abstract List<Node> derivatives(GraphBuilder g, Node x, Node y, Node z, Node dz);

    /** The shares of the two operands where the first operand wins if {@code low < high}. */
    private static List<Node> share(GraphBuilder g, Node low, Node high, Node dz) {
        Node zero = g.scalar(0, dz);
        Node half = g.mul(dz, g.scalar(0.5, dz));
        Node tie = g.apply(Comparison.EQUAL, low, high);
        Node first = g.select(tie, half, g.select(g.apply(Comparison.LESS, low, high), dz, zero));
        Node second = g.select(tie, half, g.select(g.apply(Comparison.LESS, high, low), dz, zero));
        return List.of(first, second);
    }

    @Override
    public String kind() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public TensorType infer(Operands operands) {
        operands.requireSameDtype(0, 1);
        if (this == DIV || this == POW) {
            operands.requireFloating(0);
        }
        operands.requireNumeric(0);
        return new TensorType(operands.dtype(0), operands.broadcast(0, 1));
    }

    @Override
    public List<@Nullable Node> pullback(GraphBuilder graph, Node node, Node cotangent) {
        Node x = node.operand(0);
        Node y = node.operand(1);
        List<Node> full = derivatives(graph, x, y, node, cotangent);
        return List.of(
                graph.sumTo(full.get(0), x.type().shape()),
                graph.sumTo(full.get(1), y.type().shape()));
    }

    @Override
    public <T> T lower(Lowering<T> lowering, TensorType type, List<T> operands) {
        T x = operands.get(0);
        T y = operands.get(1);
        return switch (this) {
            case ADD -> lowering.add(x, y);
            case SUB -> lowering.sub(x, y);
            case MUL -> lowering.mul(x, y);
            case DIV -> lowering.div(x, y);
            case POW -> lowering.pow(x, y);
            case MAX -> lowering.max(x, y);
            case MIN -> lowering.min(x, y);
        };
    }
}
