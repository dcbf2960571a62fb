package org.lamina.tf;

import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.lamina.DType;
import org.lamina.HostArray;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * max(x, 0) and its derivative. TensorFlow's kernels that give and take booleans work element by element, and its own derivative
 * makes NaN of an infinite cotangent where it should be 0; integer ones do many elements at once.
 */
final class TfRectifier {
    private final Ops tf;
    private final Set<Operand<?>> zeros = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Operand<?>> rectified = Collections.newSetFromMap(new IdentityHashMap<>());
    private final IdentityHashMap<Operand<?>, Operand<?>> conditions = new IdentityHashMap<>();

    TfRectifier(Ops tf) {
        this.tf = tf;
    }

    /** Takes note of a constant. */
    Operand<?> constant(HostArray value, Operand<?> constant) {
        if (value.dtype() == DType.FLOAT32
                && value.shape().rank() == 0
                && value.buffer().getInt() == 0) {
            zeros.add(constant);
        }
        return constant;
    }

    /** max(x, 0). */
    Operand<?> relu(Operand<?> x) {
        return rectified(tf.nn.relu(TfLowering.<TNumber>typed(x)));
    }

    /** Takes note of something that nowhere is below 0. */
    Operand<?> rectified(Operand<?> x) {
        rectified.add(x);
        return x;
    }

    /** x <= y. */
    Operand<TBool> lessEqual(Operand<?> x, Operand<?> y, Operand<TBool> result) {
        if (rectified.contains(x) && zeros.contains(y)) {
            conditions.put(result, x);
        }
        return result;
    }

    /** x where a condition holds and else y. */
    Operand<?> select(Operand<?> condition, Operand<?> x, Operand<?> y) {
        Operand<?> rectified = conditions.get(condition);
        return rectified != null
                        && zeros.contains(x)
                        && Arrays.equals(rectified.shape().asArray(), y.shape().asArray())
                ? mask(rectified, y)
                : tf.select(TfLowering.typed(condition), TfLowering.typed(x), TfLowering.typed(y));
    }

    /** The bits of y times 1, or times 0 where x is 0: without its sign, the bits of anything else are a number above 0. */
    private Operand<?> mask(Operand<?> x, Operand<?> y) {
        Operand<TFloat32> magnitude = tf.math.abs(TfLowering.typed(x));
        Operand<TInt32> factor = tf.math.minimum(tf.bitcast(magnitude, TInt32.class), tf.constant(1));
        Operand<TInt32> bits = tf.bitcast(TfLowering.<TFloat32>typed(y), TInt32.class);
        return tf.bitcast(tf.math.mul(bits, factor), TFloat32.class);
    }
}
