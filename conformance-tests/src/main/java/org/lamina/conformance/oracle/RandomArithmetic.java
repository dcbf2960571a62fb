package org.lamina.conformance.oracle;

import java.util.SplittableRandom;
import org.lamina.DType;

/**
 * Monte-Carlo arithmetic: each inexact result becomes, by chance, one of the two numbers of the dtype around it, and the result
 * of an elementary function any number within {@link #FUNCTION_ULPS}. Exact results stay. A sum runs in a number of
 * interleaved lanes, as vector units do it, which differs from one instance to the next.
 */
final class RandomArithmetic implements Arithmetic {
    /** What the vector libraries that frameworks use promise for functions, at worst, in units in the last place. */
    static final double FUNCTION_ULPS = 4;

    private final boolean single;
    private final SplittableRandom random;
    private final int lanes;

    /** @param lanes how many partial sums a sum is made of */
    RandomArithmetic(DType dtype, SplittableRandom random, int lanes) {
        this.single = dtype == DType.FLOAT32;
        this.random = random;
        this.lanes = lanes;
    }

    /** One of the two neighbours of value + residual, where the residual is what rounding to double cut off. */
    private double rounded(double value, double residual) {
        if (single) {
            return roundedToFloat(value);
        }
        if (residual == 0 || !Double.isFinite(residual) || random.nextInt(2) == 0) {
            return value;
        }
        return residual > 0 ? Math.nextUp(value) : Math.nextDown(value);
    }

    private double roundedToFloat(double value) {
        float nearest = (float) value;
        if (nearest == value || !Float.isFinite(nearest) || random.nextInt(2) == 0) {
            return nearest;
        }
        return nearest < value ? Math.nextUp(nearest) : Math.nextDown(nearest);
    }

    @Override
    public double add(double x, double y) {
        double sum = x + y;
        return rounded(sum, Accumulator.sumError(x, y, sum));
    }

    @Override
    public double mul(double x, double y) {
        double product = x * y;
        return rounded(product, Accumulator.productError(x, y, product));
    }

    @Override
    public double div(double x, double y) {
        double quotient = x / y;
        double remainder = Math.fma(-quotient, y, x);
        return rounded(quotient, y < 0 ? -remainder : remainder);
    }

    @Override
    public double sqrt(double x) {
        double root = Math.sqrt(x);
        return rounded(root, Math.fma(-root, root, x));
    }

    @Override
    public double function(double value) {
        double ulp = single ? Math.ulp((float) value) : Math.ulp(value);
        if (value == 0 || !Double.isFinite(ulp)) {
            return convert(value);
        }
        return convert(value + random.nextDouble(-FUNCTION_ULPS, FUNCTION_ULPS) * ulp);
    }

    @Override
    public double convert(double value) {
        return single ? (float) value : value;
    }

    @Override
    public double sum(double[] terms) {
        double[] partial = new double[Math.min(lanes, Math.max(1, terms.length))];
        Grid grid = new Grid(bits());
        for (int i = 0; i < terms.length; i++) {
            int lane = i % partial.length;
            partial[lane] = add(partial[lane], terms[i]);
            grid.add(terms[i]);
        }
        double sum = partial[0];
        for (int lane = 1; lane < partial.length; lane++) {
            sum = add(sum, partial[lane]);
        }
        return grid.isExact() ? sum : inAnotherOrder(sum, grid.greatest());
    }

    @Override
    public double product(double[] factors) {
        double product = 1;
        int significant = 0;
        for (double factor : factors) {
            product = mul(product, factor);
            significant += Grid.significantBits(factor);
        }
        return significant <= bits() || product == 0 ? product : inAnotherOrder(product, 0);
    }

    private int bits() {
        return single ? 24 : 53;
    }

    /** A result that another order of the operations could round otherwise, by a unit of it or of what cancelled in it. */
    private double inAnotherOrder(double value, double cancelled) {
        double size = Math.max(Math.abs(value), cancelled);
        double ulp = single ? Math.ulp((float) size) : Math.ulp(size);
        return Double.isFinite(ulp) ? convert(value + (random.nextInt(3) - 1) * ulp) : value;
    }

    @Override
    public double dot(double[] x, double[] y) {
        double[] terms = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            terms[i] = mul(x[i], y[i]);
        }
        return sum(terms);
    }

    @Override
    public double[] runningSums(double[] terms) {
        double[] sums = new double[terms.length];
        double sum = 0;
        Grid grid = new Grid(bits());
        for (int i = 0; i < terms.length; i++) {
            sum = add(sum, terms[i]);
            grid.add(terms[i]);
            sums[i] = grid.isExact() ? sum : inAnotherOrder(sum, grid.greatest());
        }
        return sums;
    }
}
