package org.lamina.conformance.oracle;

/**
 * A sum or a product in about twice the precision of a double: the rounding error of each step is computed exactly and carried
 * along (Ogita, Rump and Oishi, <i>Accurate sum and dot product</i>, 2005).
 */
final class Accumulator {
    private double value;
    private double error;

    Accumulator(double start) {
        value = start;
    }

    void add(double x) {
        double sum = value + x;
        error += sumError(value, x, sum);
        value = sum;
    }

    void multiply(double x) {
        double product = value * x;
        error = Math.fma(error, x, productError(value, x, product));
        value = product;
    }

    /** The sum or product, rounded once. Where it overflowed or met NaN, the carried error means nothing. */
    double value() {
        return value(value, error);
    }

    static double value(double value, double error) {
        return Double.isFinite(value) && Double.isFinite(error) ? value + error : value;
    }

    /** x + y - sum exactly, for sum = x + y rounded. */
    static double sumError(double x, double y, double sum) {
        double shareOfY = sum - x;
        return (x - (sum - shareOfY)) + (y - shareOfY);
    }

    /** x y - product exactly, for product = x y rounded. */
    static double productError(double x, double y, double product) {
        return Math.fma(x, y, -product);
    }
}
