package org.lamina.conformance.oracle;

/**
 * What moves one op's results in one sample. The errors of a run are neither independent nor equal: kernels treat equal values,
 * equal rows and equal columns alike, and a chain of additions of one number rounds the same way again and again. So a result
 * moves by a quarter of its local error times the sum of five parts of equal weight, each uniform: one of its own, one that equal
 * values have in common, one that equal values of one column have, one that equal values of one row have, and one that all values
 * of all ops of the sample have. The sum has a deviation of 1.
 */
final class Noise {
    private static final double WEIGHT = Math.sqrt(3.0 / 5) / 4;
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private static final long ODD = 0xD6E8FEB86659FD93L;

    private final long own;
    private final long ofValues;
    private final long ofColumns;
    private final long ofRows;
    private final double ofAll;

    /**
     * @param opSeed of the op
     * @param sample its number, which decides the part that all ops have in common
     */
    Noise(long opSeed, int sample) {
        long seed = opSeed + sample;
        ofAll = (2 * sample + 1.0) / Sampled.COUNT - 1;
        own = mix(seed + 1);
        ofValues = mix(seed + 2);
        ofColumns = mix(seed + 3);
        ofRows = mix(seed + 4);
    }

    /**
     * Moves a sample.
     *
     * @param truth decides which values are equal; opposite ones get opposite shares of what they have in common
     * @param local the local error of each element; where it is infinite, anything may come
     * @param columns the extent of the last axis
     * @param keepsZeros true if a sample that is 0 is exact, as where an op rounds its result once
     */
    void move(double[] sample, double[] truth, double[] local, int columns, boolean keepsZeros) {
        for (int start = 0, row = 0; start < sample.length; start += columns, row++) {
            long ofRow = ofRows + row * GOLDEN;
            for (int i = start; i < start + columns; i++) {
                if (local[i] != 0 && !(keepsZeros && sample[i] == 0)) {
                    long bits = Double.doubleToRawLongBits(truth[i]) << 1;
                    double common = ofAll
                            + uniform(bits ^ ofValues)
                            + uniform(bits ^ (ofColumns + (i - start) * GOLDEN))
                            + uniform(bits ^ ofRow);
                    double share = uniform(own + i * GOLDEN) + (truth[i] < 0 ? -common : common);
                    sample[i] = local[i] < Double.POSITIVE_INFINITY
                            ? sample[i] + local[i] * WEIGHT * share
                            : anything(truth[i], i);
                }
            }
        }
    }

    /** NaN in half of the samples, and any number in the others, so that they agree on nothing that is computed from it. */
    private double anything(double truth, int index) {
        double size = Double.isFinite(truth) ? 1 + Math.abs(truth) : 1;
        return isExtreme() ? Double.NaN : size * (choice(index) - 0.5);
    }

    /** True of half of the samples, in which what may be NaN or meet a pole does, so that in the others nothing is. */
    boolean isExtreme() {
        return ofAll < 0;
    }

    /** A coin for the element at a flat index. */
    boolean coin(int index) {
        return uniform(own + index * GOLDEN) < 0;
    }

    /** A number in [0, 1) for the element at a flat index. */
    double choice(int index) {
        return (mix(ofValues + index) >>> 11) * 0x1p-53;
    }

    /** In (-1, 1). */
    private static double uniform(long key) {
        return (Math.multiplyHigh(key, ODD) ^ (key * ODD)) * 0x1p-63;
    }

    /** Spreads a seed over all bits. */
    static long mix(long key) {
        long z = (key ^ (key >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
