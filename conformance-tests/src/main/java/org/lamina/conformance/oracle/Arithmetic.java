package org.lamina.conformance.oracle;

/** Floating arithmetic of one dtype. Operands and results are doubles. */
interface Arithmetic {
    double add(double x, double y);

    double mul(double x, double y);

    double div(double x, double y);

    double sqrt(double x);

    /** The result of an elementary function, which libraries do not round correctly, from its value in float64. */
    double function(double value);

    /** A value from a wider dtype, converted by a cast. */
    double convert(double value);

    /** The sum; of none 0. */
    double sum(double[] terms);

    /** The product; of none 1. */
    double product(double[] factors);

    /** The sum of x[i] y[i]; of none 0. */
    double dot(double[] x, double[] y);

    /** Each sum of a term and those before it. */
    double[] runningSums(double[] terms);
}
