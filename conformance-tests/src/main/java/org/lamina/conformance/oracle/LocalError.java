package org.lamina.conformance.oracle;

import org.lamina.DType;

/**
 * How far one op's result may be off by what a good algorithm of its class does, given exact operands. The formulas are those of
 * SPEC.md section 12; docs/bounds.md derives them.
 */
final class LocalError {
    /** Up to how many terms a good kernel adds one after another in one partial sum. */
    private static final int BLOCK = 256;
    /** By which share of its terms' mean a sum in blocks grows less exact for each further block. */
    private static final double BLOCKS = 2048;
    /** By which share of its terms' magnitudes a sum grows less exact with each level of a tree, as a natural logarithm. */
    private static final double TREE = 8 * Math.log(2);

    private final boolean single;
    /** The unit roundoff that samples move by. */
    private final double unit;
    /** The least normal number, in the scale of the samples. */
    private final double leastNormal;

    private final double normal;

    private final long sequential;

    /**
     * @param scale how much greater than in a run errors are made
     * @param sequential from how many terms on a sum is added up one after another
     */
    LocalError(DType dtype, double scale, long sequential) {
        this.sequential = sequential;
        single = dtype == DType.FLOAT32;
        unit = (single ? 0x1p-24 : 0x1p-53) * scale;
        normal = single ? Float.MIN_NORMAL : Double.MIN_NORMAL;
        leastNormal = normal * scale;
    }

    /**
     * Of a sum, a difference, a product or a root, which IEEE 754 rounds correctly: three roundings. In float64 the truth is rounded
     * as well, so twice as many.
     */
    double ofArithmetic(double result, double deviation) {
        return flushed((single ? 3 : 6) * unit * (Math.abs(result) + deviation), result);
    }

    /** Of a quotient, which may be a product with a reciprocal. */
    double ofQuotient(double result, double deviation) {
        return flushed((single ? 6 : 9) * unit * (Math.abs(result) + deviation), result);
    }

    /** Of an elementary function, for which kernels take short polynomials. */
    double ofFunction(double result, double deviation) {
        return flushed(16 * unit * (Math.abs(result) + deviation), result);
    }

    /** Of a result that is exact, which may be flushed all the same. */
    double ofExact(double result) {
        return result != 0 && Math.abs(result) < normal ? leastNormal : 0;
    }

    /** Of a sum that is exact in every order, of which small terms may be flushed all the same. */
    double ofExactSum(double magnitudes, double count) {
        return magnitudes > 0 && magnitudes < count * normal ? count * leastNormal : 0;
    }

    /** Of a sum of terms, from its magnitude. */
    double ofSum(double sum, double magnitudes, double squares, double count) {
        return overflows(magnitudes)
                ? Double.POSITIVE_INFINITY
                : summed(unit * terms(sum, magnitudes, squares, count), magnitudes, count);
    }

    /** Of the mean of terms, {@code count} of which are not 0. */
    double ofMean(double mean, double magnitudes, double squares, double count, double all) {
        if (overflows(magnitudes)) {
            return Double.POSITIVE_INFINITY;
        }
        double error = unit * (terms(mean * all, magnitudes, squares, count) + magnitudes);
        return summed(error, magnitudes, count) / all;
    }

    /** Of a product of factors: in every order of them as many roundings but one, all of which go the same way if they are equal. */
    double ofProduct(double product, double deviation, int count) {
        return flushed(unit * (count + 1) * (Math.abs(product) + deviation), product);
    }

    /** In units of the unit roundoff. */
    private double terms(double sum, double magnitudes, double squares, double count) {
        if (count < 2) {
            return 3 * magnitudes;
        }
        double within = (count < sequential ? Math.min(count, BLOCK) : count) - 1;
        double ofTruth = single ? 0 : 2 * magnitudes;
        return ofTruth
                + magnitudes * (1 + Math.log(count) / TREE)
                + sum * (within / 2 + count / BLOCKS)
                + squares * (0.6 * within + 2 * Math.sqrt(within));
    }

    /** True if some order of additions may overflow. */
    private boolean overflows(double magnitudes) {
        return !(magnitudes < (single ? Arithmetic.OVERFLOW : Double.POSITIVE_INFINITY));
    }

    /** Each product of two factors may be subnormal, and be flushed. */
    private double summed(double error, double magnitudes, double count) {
        return magnitudes == 0 ? 0 : error + count * leastNormal;
    }

    /** A subnormal result may be 0; its own error may be too small for a double. */
    private double flushed(double error, double result) {
        return result != 0 && Math.abs(result) < normal ? error + leastNormal : error;
    }
}
