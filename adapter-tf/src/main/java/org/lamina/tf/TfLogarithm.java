package org.lamina.tf;

import java.math.BigDecimal;
import java.math.MathContext;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * The natural logarithm of normal positive float64 numbers in two parts, to some 61 bits: of x = 2^e (1 + z) 128 / k it is
 * e ln 2 - ln(k / 128) + ln(1 + z), with k such that |z| is below 1/180 (Tang, Table-driven implementation of the logarithm function,
 * 1990).
 */
final class TfLogarithm {
    private static final long ROOT_OF_HALF = Double.doubleToRawLongBits(0x1.6a09e667f3bcdp-1);
    private static final int FRACTION = 52;

    /** All but the last 27 bits of a fraction. */
    private static final long FIRST_BITS = -1L << 27;

    /** ln 2, the first part with so few bits that multiples of it are exact. */
    private static final double LN2_HIGH = 0x1.62e42feep-1;

    private static final double LN2_LOW = 0x1.a39ef35793c76p-33;

    private static final int STEPS = 128;
    private static final int LEAST = 90;
    private static final int MOST = 182;

    /** The first part is a multiple of this, so that its sum with a multiple of {@link #LN2_HIGH} is exact. */
    private static final double UNIT = 0x1p-42;

    private static final int TERMS = 10;

    private static final double[] HIGH = new double[MOST - LEAST + 1];
    private static final double[] LOW = new double[MOST - LEAST + 1];

    static {
        for (int k = LEAST; k <= MOST; k++) {
            BigDecimal log = logarithm(k).negate();
            double high = Math.rint(log.doubleValue() / UNIT) * UNIT;
            HIGH[k - LEAST] = high;
            LOW[k - LEAST] = log.subtract(new BigDecimal(high)).doubleValue();
        }
    }

    private final TfPower parts;
    private final Ops tf;
    private final Operand<TFloat64> exponent;
    private final Operand<TFloat64> fraction;

    /** @param x normal; of other numbers the result is some number */
    TfLogarithm(TfPower parts, Operand<TFloat64> x) {
        this.parts = parts;
        this.tf = parts.tf();
        Operand<TInt64> bits = tf.bitcast(x, TInt64.class);
        Operand<TInt64> above = tf.math.sub(bits, tf.constant(ROOT_OF_HALF));
        Operand<TInt64> places = tf.constant((long) FRACTION);
        Operand<TInt64> power = tf.bitwise.rightShift(above, places);
        this.exponent = tf.dtypes.cast(power, TFloat64.class);
        this.fraction = tf.bitcast(tf.math.sub(bits, tf.bitwise.leftShift(power, places)), TFloat64.class);
    }

    /** ln(k / 128) = 2 artanh((k - 128) / (k + 128)), a series that gains a digit and a half with each term. */
    private static BigDecimal logarithm(int k) {
        MathContext digits = new MathContext(45);
        BigDecimal t = new BigDecimal(k - STEPS).divide(new BigDecimal(k + STEPS), digits);
        BigDecimal square = t.multiply(t, digits);
        BigDecimal power = t;
        BigDecimal sum = BigDecimal.ZERO;
        for (int n = 1; n < 60; n += 2) {
            sum = sum.add(power.divide(new BigDecimal(n), digits), digits);
            power = power.multiply(square, digits);
        }
        return sum.multiply(new BigDecimal(2));
    }

    /** The logarithm. */
    TfPower.Parts parts() {
        Operand<TFloat64> k = tf.math.floor(tf.math.add(tf.math.realDiv(number(STEPS), fraction), number(0.5)));
        TfPower.Parts z = beyond(tf.math.mul(k, number(1.0 / STEPS)));
        Operand<TInt32> place = tf.dtypes.cast(tf.math.sub(k, number(LEAST)), TInt32.class);
        Operand<TFloat64> known = tf.math.add(tf.math.mul(exponent, number(LN2_HIGH)), at(HIGH, place));
        TfPower.Parts first = parts.sum(known, z.high());
        Operand<TFloat64> small = tf.math.add(tf.math.mul(exponent, number(LN2_LOW)), at(LOW, place));
        Operand<TFloat64> ofLow = tf.math.sub(z.low(), tf.math.mul(z.low(), z.high()));
        Operand<TFloat64> rest = tf.math.add(tf.math.add(tf.math.add(first.low(), small), ofLow), series(z.high()));
        return parts.sum(first.high(), rest);
    }

    /** z of (1 + z) = m r, in two parts: r has so few bits that its products with halves of m are exact. */
    private TfPower.Parts beyond(Operand<TFloat64> r) {
        Operand<TInt64> bits = tf.bitcast(fraction, TInt64.class);
        Operand<TFloat64> high = tf.bitcast(tf.bitwise.bitwiseAnd(bits, tf.constant(FIRST_BITS)), TFloat64.class);
        Operand<TFloat64> low = tf.math.sub(fraction, high);
        return parts.sum(tf.math.sub(tf.math.mul(high, r), number(1)), tf.math.mul(low, r));
    }

    /** ln(1 + z) - z = z^2 (-1/2 + z (1/3 - ...)). */
    private Operand<TFloat64> series(Operand<TFloat64> z) {
        Operand<TFloat64> sum = number(coefficient(TERMS));
        for (int n = TERMS - 1; n >= 2; n--) {
            sum = tf.math.add(tf.math.mul(sum, z), number(coefficient(n)));
        }
        return tf.math.mul(tf.math.mul(z, z), sum);
    }

    private static double coefficient(int n) {
        return (n % 2 == 0 ? -1.0 : 1.0) / n;
    }

    private Operand<TFloat64> at(double[] table, Operand<TInt32> place) {
        return tf.gather(tf.constant(table), place, tf.constant(0));
    }

    private Operand<TFloat64> number(double value) {
        return tf.constant(value);
    }
}
