package org.lamina.conformance.oracle;

import java.math.BigDecimal;
import java.math.MathContext;

/**
 * erf in float64, within about one unit in the last place. Around each multiple c of 1/16 it is the Taylor series
 *
 * <pre>erf(c + h) = erf(c) + 2/sqrt(pi) e^(-c^2) sum over n of (-1)^n H_n(c) h^(n+1) / (n+1)!</pre>
 *
 * with the Hermite polynomials H_0 = 1, H_1 = 2c, H_(n+1) = 2c H_n - 2n H_(n-1). The values erf(c) come from the Maclaurin
 * series in 60 decimal digits.
 */
final class ErrorFunction {
    private static final int NODES_PER_UNIT = 16;
    /** From here on 1 - erf is less than half a unit in the last place of 1. */
    private static final int ONE_FROM = 6;

    private static final int TERMS = 14;
    private static final double TWO_BY_ROOT_PI = 1.1283791670955126;
    private static final BigDecimal PRECISE_TWO_BY_ROOT_PI =
            new BigDecimal("1.12837916709551257389615890312154517168810125865799771368817144");
    private static final MathContext DIGITS = new MathContext(60);
    private static final double[] HIGH = new double[ONE_FROM * NODES_PER_UNIT + 1];
    private static final double[] LOW = new double[HIGH.length];

    static {
        for (int node = 0; node < HIGH.length; node++) {
            BigDecimal value = maclaurin(new BigDecimal((double) node / NODES_PER_UNIT));
            HIGH[node] = value.doubleValue();
            LOW[node] = value.subtract(new BigDecimal(HIGH[node])).doubleValue();
        }
    }

    private ErrorFunction() {}

    static double erf(double x) {
        double magnitude = Math.abs(x);
        if (!(magnitude < ONE_FROM)) {
            return Double.isNaN(x) ? x : Math.signum(x);
        }
        int node = (int) Math.rint(magnitude * NODES_PER_UNIT);
        double center = (double) node / NODES_PER_UNIT;
        return Math.copySign(HIGH[node] + (LOW[node] + difference(center, magnitude - center)), x);
    }

    /** erf(c + h) - erf(c). */
    private static double difference(double c, double h) {
        double[] terms = new double[TERMS];
        double previous = 0;
        double hermite = 1;
        double factor = h;
        for (int n = 0; n < TERMS; n++) {
            terms[n] = hermite * factor;
            double next = 2 * c * hermite - 2 * n * previous;
            previous = hermite;
            hermite = next;
            factor *= -h / (n + 2);
        }
        double sum = 0;
        for (int n = TERMS - 1; n >= 0; n--) {
            sum += terms[n];
        }
        return TWO_BY_ROOT_PI * StrictMath.exp(-c * c) * sum;
    }

    /** 2/sqrt(pi) times the sum of (-1)^n x^(2n+1) / (n! (2n+1)). */
    private static BigDecimal maclaurin(BigDecimal x) {
        BigDecimal square = x.multiply(x);
        BigDecimal power = x;
        BigDecimal sum = x;
        for (int n = 1; power.compareTo(BigDecimal.ONE.movePointLeft(40)) > 0 || n < 40; n++) {
            power = power.multiply(square).divide(BigDecimal.valueOf(n), DIGITS);
            BigDecimal term = power.divide(BigDecimal.valueOf(2L * n + 1), DIGITS);
            sum = n % 2 == 0 ? sum.add(term, DIGITS) : sum.subtract(term, DIGITS);
        }
        return sum.multiply(PRECISE_TWO_BY_ROOT_PI, DIGITS);
    }
}
