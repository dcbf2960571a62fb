package org.lamina.conformance.oracle;

import java.util.List;
import java.util.stream.IntStream;
import org.lamina.DType;

/**
 * Where a sum's truth is not finite and another order of additions gives something else: terms of one sign overflow to an infinity
 * that meets one of the other sign (SPEC 2.8). The sums of positive and of negative terms tell, and so do the signs of the operands,
 * whose sum is infinite or NaN only where terms are.
 */
final class SumOverflow {
    /** Rounding may decide whether a sum between the greatest number and so many times it overflows. */
    static final double NEAR = 1.001;

    /** Products of two float64 numbers, made less by this each, are in the range of a double. */
    private static final double SMALLER = 0x1p-600;

    private final TermSizes.Evaluation sums;
    private final List<OracleTensor> operands;
    private final double scale;
    private final int factors;

    private SumOverflow(TermSizes.Evaluation sums, List<OracleTensor> operands, DType dtype) {
        this.sums = sums;
        this.operands = operands;
        this.scale = dtype == DType.FLOAT32 ? 1 : SMALLER;
        this.factors = (int) operands.stream().filter(OracleTensor::isFloating).count();
    }

    /** True for each sum of which something else may come than the truth, which is not finite. */
    static boolean[] of(OracleTensor truth, TermSizes.Evaluation sums, List<Sampled> operands) {
        boolean[] open = new boolean[truth.size()];
        if (IntStream.range(0, open.length).allMatch(i -> Double.isFinite(truth.real(i)))) {
            return open;
        }
        new SumOverflow(sums, operands.stream().map(Sampled::truth).toList(), truth.dtype()).mark(open, truth);
        return open;
    }

    private void mark(boolean[] open, OracleTensor truth) {
        double[] kinds =
                sums.of(operands.stream().map(SumOverflow::signs).toList()).reals();
        double[] positive = ofSign(1);
        double[] negative = ofSign(-1);
        double greatest = truth.dtype() == DType.FLOAT32 ? Arithmetic.OVERFLOW : Double.MAX_VALUE;
        for (int factor = 0; factor < factors; factor++) {
            greatest *= scale;
        }
        for (int i = 0; i < open.length; i++) {
            open[i] = !Double.isFinite(truth.real(i)) && isOpen(kinds[i], positive[i], negative[i], greatest);
        }
    }

    /** @param kind NaN or infinite if the terms decide that, whatever the finite ones are */
    private static boolean isOpen(double kind, double positive, double negative, double greatest) {
        if (Double.isNaN(kind)) {
            return false;
        }
        if (Double.isInfinite(kind)) {
            return (kind > 0 ? negative : positive) >= greatest;
        }
        return Math.min(positive, negative) >= greatest || Math.abs(positive - negative) < NEAR * greatest;
    }

    /** The magnitudes of the sums of those finite terms that have one sign. */
    private double[] ofSign(int sign) {
        double[] sum = new double[0];
        for (int signs = 0; signs < 1 << factors; signs++) {
            if ((Integer.bitCount(signs) % 2 == 0) == (sign > 0)) {
                double[] part = sums.of(parts(signs)).reals();
                double[] before = sum;
                sum = before.length == 0
                        ? part
                        : IntStream.range(0, part.length)
                                .mapToDouble(i -> before[i] + part[i])
                                .toArray();
            }
        }
        return sum;
    }

    /** The magnitudes of the operands' finite elements that are positive, or negative for those whose bit is set. */
    private List<OracleTensor> parts(int signs) {
        int[] bit = {0};
        return operands.stream()
                .map(x -> {
                    if (!x.isFloating()) {
                        return x;
                    }
                    double sign = (signs >> bit[0]++ & 1) == 0 ? scale : -scale;
                    return Elementwise.map(x, v -> Double.isFinite(v) ? Math.max(0, sign * v) : 0);
                })
                .toList();
    }

    /** An operand of which only infinities, NaN and signs are left. */
    static OracleTensor signs(OracleTensor x) {
        return x.isFloating() ? Elementwise.map(x, v -> Double.isInfinite(v) ? v : Math.signum(v)) : x;
    }
}
