package org.lamina.conformance.oracle;

import org.lamina.DType;

/**
 * Float64 arithmetic with sums and products as if in twice that precision. A float32 tensor has the range of float32 but the
 * precision of float64: overflow gives infinity and values below all subnormals give 0, as they do in a float32 run.
 */
record TrueArithmetic(DType dtype) implements Arithmetic {
    /** Half a unit above the greatest float32, from where rounding to nearest gives infinity. */
    private static final double OVERFLOW = 0x1.ffffffp127;
    /** Half of the least subnormal float32, up to where rounding to nearest even gives 0. */
    private static final double UNDERFLOW = 0x1p-150;

    private double ranged(double value) {
        if (dtype == DType.FLOAT64) {
            return value;
        }
        double magnitude = Math.abs(value);
        return magnitude >= OVERFLOW || magnitude <= UNDERFLOW ? (float) value : value;
    }

    @Override
    public double add(double x, double y) {
        return ranged(x + y);
    }

    @Override
    public double mul(double x, double y) {
        return ranged(x * y);
    }

    @Override
    public double div(double x, double y) {
        return ranged(x / y);
    }

    @Override
    public double sqrt(double x) {
        return Math.sqrt(x);
    }

    @Override
    public double function(double value) {
        return ranged(value);
    }

    /** A cast rounds by definition, so that it does here too. */
    @Override
    public double convert(double value) {
        return dtype == DType.FLOAT32 ? (float) value : value;
    }

    @Override
    public double sum(double[] terms) {
        Accumulator sum = new Accumulator(0);
        for (double term : terms) {
            sum.add(term);
        }
        return ranged(sum.value());
    }

    @Override
    public double product(double[] factors) {
        Accumulator product = new Accumulator(1);
        for (double factor : factors) {
            product.multiply(factor);
        }
        return ranged(product.value());
    }

    @Override
    public double dot(double[] x, double[] y) {
        Accumulator sum = new Accumulator(0);
        for (int i = 0; i < x.length; i++) {
            sum.addProduct(x[i], y[i]);
        }
        return ranged(sum.value());
    }

    @Override
    public double[] runningSums(double[] terms) {
        Accumulator sum = new Accumulator(0);
        double[] sums = new double[terms.length];
        for (int i = 0; i < terms.length; i++) {
            sum.add(terms[i]);
            sums[i] = ranged(sum.value());
        }
        return sums;
    }
}
