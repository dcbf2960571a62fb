package org.lamina.conformance.cases;

import java.util.List;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.graph.Unary;

/** Ops of one operand. */
final class UnaryCases {
    private static final int POINTS = 500;

    private final CaseList list;

    UnaryCases(CaseList list) {
        this.list = list;
    }

    void add() {
        for (Unary op : Unary.values()) {
            for (DType dtype : dtypes(op)) {
                for (Shape shape : Values.SHAPES) {
                    add(
                            op,
                            dtype,
                            "shape " + shape,
                            Values.random(dtype, shape, op.name().hashCode()));
                }
                add(op, dtype, "special values", Values.special(dtype, Shape.of(40)));
                if (dtype.isFloating()) {
                    addRanges(op, dtype);
                }
            }
        }
    }

    private static List<DType> dtypes(Unary op) {
        return switch (op) {
            case NEG, ABS, SIGN -> Values.NUMERIC;
            case NOT -> List.of(DType.BOOL);
            default -> Values.FLOATING;
        };
    }

    private void add(Unary op, DType dtype, String name, HostArray x) {
        switch (op) {
            case NEG, ABS, NOT -> list.exact(op, dtype, name, x);
            default -> list.derived(op, dtype, name, x);
        }
    }

    private void addRanges(Unary op, DType dtype) {
        boolean single = dtype == DType.FLOAT32;
        double huge = single ? 37 : 300;
        add(op, dtype, "near 0", Values.signedMagnitudes(dtype, single ? -30 : -300, 0, POINTS));
        add(op, dtype, "from -3 to 3", Values.spread(dtype, -3, 3, POINTS));
        switch (op) {
            case EXP, EXPM1 ->
                add(op, dtype, "to overflow", Values.spread(dtype, single ? -90 : -720, single ? 90 : 720, POINTS));
            case LOG, LOG1P, SQRT -> {
                add(op, dtype, "all magnitudes", Values.magnitudes(dtype, single ? -37 : -300, huge, POINTS));
                add(op, dtype, "around 1", Values.spread(dtype, 0.99, 1.01, POINTS));
                add(op, dtype, "around -1", Values.spread(dtype, -1.01, -0.99, POINTS));
            }
            case SIN, COS, TAN -> add(op, dtype, "several turns", Values.spread(dtype, -500, 500, POINTS));
            case TANH, SIGMOID, ERF -> {
                add(op, dtype, "into the tails", Values.spread(dtype, -30, 30, POINTS));
                add(op, dtype, "far out", Values.signedMagnitudes(dtype, 0, huge, POINTS));
            }
            default -> add(op, dtype, "all magnitudes", Values.signedMagnitudes(dtype, -3, huge, POINTS));
        }
    }
}
