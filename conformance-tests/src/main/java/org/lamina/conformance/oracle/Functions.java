package org.lamina.conformance.oracle;

/** Elementary functions in float64, those that StrictMath lacks or defines otherwise than IEEE 754. */
final class Functions {
    private Functions() {}

    /** Of a negative argument by e^x / (1 + e^x), which loses nothing in the tail. */
    static double sigmoid(double x) {
        if (x >= 0) {
            return 1 / (1 + StrictMath.exp(-x));
        }
        double exp = StrictMath.exp(x);
        return exp / (1 + exp);
    }

    /** IEEE 754's pow: Java's gives NaN for a base of 1 and an exponent of NaN, and for -1 or 1 and an infinite one. */
    static double pow(double x, double y) {
        return x == 1 || (x == -1 && Double.isInfinite(y)) ? 1 : StrictMath.pow(x, y);
    }
}
