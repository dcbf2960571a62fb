package org.lamina.graph;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.lamina.TensorType;

/** Ops of one operand that work on each element by itself and keep the dtype. In SPEC order. */
public enum Unary implements Op {
    /** -x. */
    NEG {
        @Override
        Node derivative(GraphBuilder g, Node x, Node y, Node dy) {
            return g.neg(dy);
        }
    },
    /** |x|; derivative sign(x), so 0 at 0. */
    ABS {
        @Override
        Node derivative(GraphBuilder g, Node x, Node y, Node dy) {
            return g.mul(dy, g.apply(SIGN, x));
        }
    },
    /** -1, 0 or 1; NaN for NaN; derivative 0. */
    SIGN,
    /** The greatest integer not above x; derivative 0. */
    FLOOR,
    /** e^x. */
    EXP {
        @Override
        Node derivative(GraphBuilder g, Node x, Node y, Node dy) {
            return g.mul(dy, y);
        }
    },
    /** e^x - 1, accurate near 0. */
    EXPM1 {
        @Override
        Node derivative(GraphBuilder g, Node x, Node y, Node dy) {
            return g.mul(dy, g.apply(EXP, x));
        }
    },
    /** The natural logarithm: -infinity at 0, NaN below. */
    LOG {
        @Override
        Node derivative(GraphBuilder g, Node x, Node y, Node dy) {
            return g.div(dy, x);
        }
    },
    /** ln(1 + x), accurate near 0. */
    LOG1P {
        @Override
        Node derivative(GraphBuilder g, Node x, Node y, Node dy) {
            return g.div(dy, g.add(x, g.scalar(1, x)));
        }
    },
    /** The square root: NaN below 0. */
    SQRT {
        @Override
        Node derivative(GraphBuilder g, Node x, Node y, Node dy) {
            return g.div(dy, g.mul(y, g.scalar(2, x)));
        }
    },
    /** The sine of an angle in radians. */
    SIN {
        @Override
        Node derivative(GraphBuilder g, Node x, Node y, Node dy) {
            return g.mul(dy, g.apply(COS, x));
        }
    },
    /** The cosine of an angle in radians. */
    COS {
        @Override
        Node derivative(GraphBuilder g, Node x, Node y, Node dy) {
            return g.neg(g.mul(dy, g.apply(SIN, x)));
        }
    },
    /** The tangent of an angle in radians. */
    TAN {
        @Override
        Node derivative(GraphBuilder g, Node x, Node y, Node dy) {
            return g.mul(dy, g.add(g.scalar(1, x), g.mul(y, y)));
        }
    },
    /** The hyperbolic tangent. */
    TANH {
        @Override
        Node derivative(GraphBuilder g, Node x, Node y, Node dy) {
            return g.mul(dy, g.sub(g.scalar(1, x), g.mul(y, y)));
        }
    },
    /** 1 / (1 + e^-x). */
    SIGMOID {
        @Override
        Node derivative(GraphBuilder g, Node x, Node y, Node dy) {
            return g.mul(dy, g.mul(y, g.sub(g.scalar(1, x), y)));
        }
    },
    /** The error function, 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x. */
    ERF {
        @Override
        Node derivative(GraphBuilder g, Node x, Node y, Node dy) {
            Node density = g.apply(EXP, g.neg(g.mul(x, x)));
            return g.mul(dy, g.mul(density, g.scalar(2 / Math.sqrt(Math.PI), x)));
        }
    },
    /** Logical negation, of bool. */
    NOT;

    /** The cotangent of the operand, null where the derivative is 0 everywhere it exists. */
    @Nullable
    Node derivative(GraphBuilder g, Node x, Node y, Node dy) {
        return null;
    }

    @Override
    public TensorType infer(Operands operands) {
        switch (this) {
            case NEG, ABS, SIGN -> operands.requireNumeric(0);
            case NOT -> operands.requireBool(0);
            default -> operands.requireFloating(0);
        }
        return new TensorType(operands.dtype(0), operands.shape(0));
    }

    @Override
    public List<@Nullable Node> pullback(GraphBuilder graph, Node node, Node cotangent) {
        return Collections.singletonList(derivative(graph, node.operand(0), node, cotangent));
    }

    @Override
    public <T> T lower(Lowering<T> lowering, TensorType type, List<T> operands) {
        T x = operands.get(0);
        return switch (this) {
            case NEG -> lowering.neg(x);
            case ABS -> lowering.abs(x);
            case SIGN -> lowering.sign(x);
            case FLOOR -> lowering.floor(x);
            case EXP -> lowering.exp(x);
            case EXPM1 -> lowering.expm1(x);
            case LOG -> lowering.log(x);
            case LOG1P -> lowering.log1p(x);
            case SQRT -> lowering.sqrt(x);
            case SIN -> lowering.sin(x);
            case COS -> lowering.cos(x);
            case TAN -> lowering.tan(x);
            case TANH -> lowering.tanh(x);
            case SIGMOID -> lowering.sigmoid(x);
            case ERF -> lowering.erf(x);
            case NOT -> lowering.not(x);
        };
    }

    @Override
    public String kind() {
        return name().toLowerCase(Locale.ROOT);
    }
}
