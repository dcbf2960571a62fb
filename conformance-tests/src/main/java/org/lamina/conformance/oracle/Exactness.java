package org.lamina.conformance.oracle;

import java.util.Arrays;
import java.util.List;
import org.lamina.DType;
import org.lamina.Shape;
import org.lamina.graph.Binary;
import org.lamina.graph.MatMul;
import org.lamina.graph.Op;
import org.lamina.graph.Reduction;

/** Tells which results of one op on exact operands are exact, whatever the order of additions, so that they may not move at all. */
final class Exactness {
    private static final OracleLowering PLAIN = new OracleLowering(Precision.PLAIN);
    private static final int DOUBLE_BITS = 53;
    private static final long FRACTION = (1L << (DOUBLE_BITS - 1)) - 1;

    private Exactness() {}

    /** The precision of a floating dtype. */
    static int bits(DType dtype) {
        return dtype == DType.FLOAT32 ? 24 : DOUBLE_BITS;
    }

    /** True if a dtype holds a value without rounding it. */
    static boolean holds(DType dtype, double value) {
        return dtype == DType.FLOAT64 || (float) value == value;
    }

    /** True if r is x op y exactly, for r rounded to a double. */
    static boolean isExact(Binary op, double x, double y, double r) {
        return switch (op) {
            case ADD -> Accumulator.sumError(x, y, r) == 0;
            case SUB -> Accumulator.sumError(x, -y, r) == 0;
            case MUL -> Accumulator.productError(x, y, r) == 0 && (r != 0 || x == 0 || y == 0);
            case DIV -> Math.fma(-r, y, x) == 0 && (r != 0 || x == 0);
            case MAX, MIN -> true;
            case POW -> y == 1 || x == 1 || y == 0;
        };
    }

    /** True if an operation with this left operand gives the right one as it is, scaled by a power of two, or a constant. */
    static boolean isExactWithLeft(Binary op, double x) {
        return switch (op) {
            case ADD, SUB -> x == 0;
            case MUL -> x == 0 || significantBits(x) == 1;
            case POW -> x == 1;
            case DIV -> false;
            case MAX, MIN -> true;
        };
    }

    /** True if an operation with this right operand gives the left one as it is, scaled by a power of two, or a constant. */
    static boolean isExactWithRight(Binary op, double y) {
        return switch (op) {
            case POW -> y == 0 || y == 1;
            case DIV -> significantBits(y) == 1;
            default -> isExactWithLeft(op, y);
        };
    }

    /**
     * For each sum that an op makes, true if it is exact in every order: all terms are multiples of one power of two, so coarse that
     * the sum of their magnitudes still has all its bits, and does not overflow.
     */
    static boolean[] sums(Op op, List<Sampled> operands, double[] magnitudes, DType dtype) {
        double[] grids = grids(op, operands, magnitudes.length);
        boolean[] exact = new boolean[magnitudes.length];
        int greatest = dtype == DType.FLOAT32 ? Float.MAX_EXPONENT : Double.MAX_EXPONENT;
        for (int i = 0; i < exact.length; i++) {
            exact[i] = magnitudes[i] <= Math.scalb(1.0, (int) Math.min(greatest, grids[i] + bits(dtype)));
        }
        return exact;
    }

    /** The exponent of the last bit of the terms of each sum, or less. */
    private static double[] grids(Op op, List<Sampled> operands, int size) {
        OracleTensor x = lowestBits(operands.get(0).truth());
        if (op instanceof Reduction sum) {
            return least(x, sum.axes().stream().mapToInt(axis -> axis).toArray())
                    .reals();
        }
        if (op instanceof MatMul) {
            OracleTensor y = lowestBits(operands.get(1).truth());
            OracleTensor rows = least(x, x.shape().rank() - 1);
            OracleTensor columns = least(y, y.shape().rank() - 2);
            Shape ofRows = rows.shape().concat(Shape.of(1));
            Shape ofColumns = columns.shape()
                    .slice(0, columns.shape().rank() - 1)
                    .concat(Shape.of(1))
                    .concat(columns.shape()
                            .slice(columns.shape().rank() - 1, columns.shape().rank()));
            return PLAIN.add(rows.reshape(ofRows), columns.reshape(ofColumns)).reals();
        }
        double[] grids = new double[size];
        Arrays.fill(grids, Arrays.stream(x.reals()).min().orElse(0));
        return grids;
    }

    private static OracleTensor least(OracleTensor x, int... axes) {
        return PLAIN.reduceMin(x, axes, false);
    }

    private static OracleTensor lowestBits(OracleTensor x) {
        return Elementwise.map(x, Exactness::lowestBit);
    }

    /** The exponent of the last bit that is set; a great number for 0 and what is not finite. */
    private static double lowestBit(double value) {
        int bits = significantBits(value);
        return bits == 0 ? Double.MAX_EXPONENT : Math.getExponent(value) + 1 - bits;
    }

    /** How many bits there are from the first to the last that is set; 0 for 0 and what is not finite. */
    static int significantBits(double value) {
        if (value == 0 || !Double.isFinite(value)) {
            return 0;
        }
        long fraction = Double.doubleToRawLongBits(value) & FRACTION;
        return fraction == 0 ? 1 : DOUBLE_BITS - Long.numberOfTrailingZeros(fraction);
    }
}
