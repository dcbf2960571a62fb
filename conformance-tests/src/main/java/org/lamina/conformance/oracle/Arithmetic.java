package org.lamina.conformance.oracle;

import org.lamina.DType;

/**
 * Floating arithmetic of one dtype on doubles.
 *
 * @param twofold true for the truth: sums and products as if in twice the precision of float64, results in the dtype's range
 */
record Arithmetic(DType dtype, boolean twofold) {
    /** Half a unit above the greatest float32, from where rounding to nearest gives infinity. */
    static final double OVERFLOW = 0x1.ffffffp127;
    /** Half of the least subnormal float32, up to where rounding to nearest even gives 0. */
    private static final double UNDERFLOW = 0x1p-150;

    /** A result in the range of the dtype, for the truth alone. */
    double ranged(double value) {
        return twofold && dtype == DType.FLOAT32 ? ranged32(value) : value;
    }

    /** A value as float32 has it where that is infinite or 0, else unrounded. */
    static double ranged32(double value) {
        double magnitude = Math.abs(value);
        return magnitude >= OVERFLOW || magnitude <= UNDERFLOW ? (float) value : value;
    }

    double add(double x, double y) {
        return ranged(x + y);
    }

    double mul(double x, double y) {
        return ranged(x * y);
    }

    double div(double x, double y) {
        return ranged(x / y);
    }

    /** The result of an elementary function. */
    double function(double value) {
        return ranged(value);
    }

    /** A value from a wider dtype. A cast rounds by definition, so that it does here too. */
    double convert(double value) {
        return dtype == DType.FLOAT32 ? (float) value : value;
    }

    /** The sum; of none 0. */
    double sum(double[] terms) {
        if (!twofold) {
            double sum = 0;
            for (double term : terms) {
                sum += term;
            }
            return sum;
        }
        Accumulator sum = new Accumulator(0);
        for (double term : terms) {
            sum.add(term);
        }
        return ranged(sum.value());
    }

    /** The product; of none 1. */
    double product(double[] factors) {
        Accumulator product = new Accumulator(1);
        for (double factor : factors) {
            product.multiply(factor);
        }
        return ranged(product.value());
    }

    /** Each sum of a term and those before it. */
    double[] runningSums(double[] terms) {
        Accumulator sum = new Accumulator(0);
        double[] sums = new double[terms.length];
        for (int i = 0; i < terms.length; i++) {
            sum.add(terms[i]);
            sums[i] = ranged(sum.value());
        }
        return sums;
    }
}
