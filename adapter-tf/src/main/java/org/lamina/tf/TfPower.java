package org.lamina.tf;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;

/**
 * x to the power y in float64. TensorFlow's own is wrong by up to 660 units in the last place, as the error of its logarithm is
 * multiplied by y. Here |x|^y is e^(y ln|x|) with the logarithm, and its product with y, in two parts (Dekker, A floating-point
 * technique for extending the available precision, 1971). Special values, the sign and the derivative are TensorFlow's.
 */
final class TfPower {
    /** Beyond, every power of anything but 1 is 0 or infinite. */
    private static final double GREATEST = 0x1p80;

    /** Splits a number in two of 26 bits (Veltkamp). */
    private static final double SPLITTER = 0x1p27 + 1;

    private final Ops tf;
    private final Operand<TFloat64> one;

    TfPower(Ops tf) {
        this.tf = tf;
        this.one = tf.constant(1.0);
    }

    /** A sum or product and what rounding took from it. */
    record Parts(Operand<TFloat64> high, Operand<TFloat64> low) {}

    /** x to the power y; they broadcast. */
    Operand<TFloat64> of(Operand<TFloat64> x, Operand<TFloat64> y) {
        Operand<TFloat64> own = tf.math.pow(x, y);
        Operand<TFloat64> size = tf.math.abs(x);
        // TensorFlow differentiates no bits, and its own power is there for that.
        Operand<TFloat64> exact = tf.stopGradient(tf.select(
                isOrdinary(x, size, y, own), signed(magnitude(new TfLogarithm(this, size).parts(), y), own), own));
        // Turned round, as -0 is what leaves a zero its sign.
        Operand<TFloat64> difference = tf.stopGradient(tf.math.neg(tf.math.sub(own, exact)));
        // Where both are near to each other their difference is exact; else there is no derivative to keep.
        return tf.select(tf.math.isFinite(difference), tf.math.add(own, difference), exact);
    }

    private Operand<TBool> isOrdinary(
            Operand<TFloat64> x, Operand<TFloat64> size, Operand<TFloat64> y, Operand<TFloat64> own) {
        Operand<TBool> normal =
                tf.math.logicalAnd(tf.math.isFinite(x), tf.math.less(tf.constant(Double.MIN_NORMAL), size));
        Operand<TBool> given = tf.math.logicalAnd(normal, tf.math.isFinite(y));
        // TensorFlow gives x itself then, which an exponential of its logarithm misses by a unit.
        given = tf.math.logicalAnd(given, tf.math.notEqual(y, one));
        return tf.math.logicalAnd(given, tf.math.logicalNot(tf.math.isNan(own)));
    }

    /** With the sign of another. */
    private Operand<TFloat64> signed(Operand<TFloat64> magnitude, Operand<TFloat64> other) {
        Operand<TInt64> sign = tf.bitwise.bitwiseAnd(tf.bitcast(other, TInt64.class), tf.constant(Long.MIN_VALUE));
        return tf.bitcast(tf.bitwise.bitwiseOr(tf.bitcast(magnitude, TInt64.class), sign), TFloat64.class);
    }

    /** e^(y log): what the product has beyond its first part is so small that 1 + it is its power of e, or the result is 0 or infinite. */
    private Operand<TFloat64> magnitude(Parts log, Operand<TFloat64> y) {
        Operand<TFloat64> exponent = clipped(y, GREATEST);
        Parts product = product(exponent, log.high);
        Operand<TFloat64> rest = tf.math.add(product.low, tf.math.mul(exponent, log.low));
        return tf.math.mul(tf.math.exp(product.high), tf.math.add(one, clipped(rest, 0.5)));
    }

    private Operand<TFloat64> clipped(Operand<TFloat64> x, double most) {
        return tf.math.minimum(tf.math.maximum(x, tf.constant(-most)), tf.constant(most));
    }

    private Parts product(Operand<TFloat64> x, Operand<TFloat64> y) {
        Operand<TFloat64> high = tf.math.mul(x, y);
        Parts a = halves(x);
        Parts b = halves(y);
        Operand<TFloat64> first = tf.math.sub(tf.math.mul(a.high, b.high), high);
        Operand<TFloat64> crossed =
                tf.math.add(tf.math.add(first, tf.math.mul(a.high, b.low)), tf.math.mul(a.low, b.high));
        return new Parts(high, tf.math.add(crossed, tf.math.mul(a.low, b.low)));
    }

    private Parts halves(Operand<TFloat64> x) {
        Operand<TFloat64> wide = tf.math.mul(x, tf.constant(SPLITTER));
        Operand<TFloat64> high = tf.math.sub(wide, tf.math.sub(wide, x));
        return new Parts(high, tf.math.sub(x, high));
    }

    /** x + y in two parts (Knuth). */
    Parts sum(Operand<TFloat64> x, Operand<TFloat64> y) {
        Operand<TFloat64> high = tf.math.add(x, y);
        Operand<TFloat64> second = tf.math.sub(high, x);
        Operand<TFloat64> first = tf.math.sub(high, second);
        return new Parts(high, tf.math.add(tf.math.sub(x, first), tf.math.sub(y, second)));
    }

    Ops tf() {
        return tf;
    }
}
