package org.lamina.conformance.oracle;

/**
 * Tells if a sum is exact whatever the order of additions: all terms are multiples of one power of two, so coarse that the sum of
 * their magnitudes still has all its bits. Otherwise one order may be exact by luck and another not.
 */
final class Grid {
    private static final int DOUBLE_BITS = 53;

    private final int bits;
    private int lowest = Double.MAX_EXPONENT;
    private double magnitudes;
    private double greatest;
    private int terms;

    /** @param bits the precision of the dtype */
    Grid(int bits) {
        this.bits = bits;
    }

    void add(double term) {
        if (term != 0 && Double.isFinite(term)) {
            lowest = Math.min(lowest, lowestBit(term));
            magnitudes += Math.abs(term);
            greatest = Math.max(greatest, Math.abs(term));
            terms++;
        }
    }

    /** True of two terms, for which there is only one order, exact or not. */
    boolean isExact() {
        return terms <= 2 || magnitudes <= Math.scalb(1.0, lowest + bits);
    }

    /** The greatest magnitude of a term. */
    double greatest() {
        return greatest;
    }

    /** The exponent of the last bit that is set. */
    private static int lowestBit(double value) {
        return Math.getExponent(value) + 1 - significantBits(value);
    }

    /** How many bits there are from the first to the last that is set; 0 for 0 and what is not finite. */
    static int significantBits(double value) {
        if (value == 0 || !Double.isFinite(value)) {
            return 0;
        }
        long fraction = Double.doubleToRawLongBits(value) & ((1L << (DOUBLE_BITS - 1)) - 1);
        return fraction == 0 ? 1 : DOUBLE_BITS - Long.numberOfTrailingZeros(fraction);
    }
}
