package org.lamina.tf;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceAny;
import org.tensorflow.op.core.StridedSlice;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TFloating;
import org.tensorflow.types.family.TNumber;

/** The primitives that TensorFlow has not, or not as Lamina means them. */
final class TfDetours {
    private final Ops tf;

    TfDetours(Ops tf) {
        this.tf = tf;
    }

    /** TensorFlow's ArgMax passes over NaN: where there is one, the first is found as the first true. */
    Operand<?> argMax(Operand<?> x, int axis) {
        Operand<TInt32> along = tf.constant(axis);
        Operand<TInt64> greatest = tf.math.argMax(x, along);
        if (!TFloating.class.isAssignableFrom(x.asOutput().type())) {
            return greatest;
        }
        Operand<TBool> nan = tf.math.isNan(TfLowering.<TNumber>typed(x));
        Operand<TInt64> firstNan = tf.math.argMax(nan, along);
        return tf.select(tf.reduceAny(nan, along, ReduceAny.keepDims(false)), firstNan, greatest);
    }

    /** TensorFlow counts an end of -1 from the end of the axis, so one before index 0 is said by a mask. */
    Operand<?> slice(Operand<?> x, int axis, long start, long length, long step) {
        int rank = x.shape().numDimensions();
        long[] begin = new long[rank];
        long[] sizes = new long[rank];
        Arrays.fill(sizes, -1);
        begin[axis] = start;
        sizes[axis] = length;
        if (step == 1) {
            return tf.slice(TfLowering.typed(x), tf.constant(begin), tf.constant(sizes));
        }
        long end = start + length * step;
        long[] ends = new long[rank];
        long[] steps = new long[rank];
        Arrays.fill(steps, 1);
        ends[axis] = end;
        steps[axis] = step;
        long others = ((1L << rank) - 1) & ~(1L << axis);
        return tf.stridedSlice(
                TfLowering.typed(x),
                tf.constant(begin),
                tf.constant(ends),
                tf.constant(steps),
                StridedSlice.beginMask(others),
                StridedSlice.endMask(end < 0 ? others | 1L << axis : others));
    }

    /** TensorFlow adds up segments along leading axes only, so those of the indices go there and the result's comes back. */
    Operand<?> scatterAdd(Operand<?> x, Operand<?> indices, int axis, long size) {
        int rank = x.shape().numDimensions();
        int end = axis + indices.shape().numDimensions();
        Operand<?> leading = axis == 0
                ? x
                : transpose(
                        x,
                        IntStream.concat(
                                IntStream.range(axis, end),
                                IntStream.concat(IntStream.range(0, axis), IntStream.range(end, rank))));
        Operand<?> sums = tf.math.unsortedSegmentSum(
                TfLowering.typed(leading), TfLowering.<TNumber>typed(indices), tf.constant(size));
        int after = rank - end;
        return axis == 0
                ? sums
                : transpose(
                        sums,
                        IntStream.concat(
                                IntStream.rangeClosed(1, axis),
                                IntStream.concat(IntStream.of(0), IntStream.rangeClosed(axis + 1, axis + after))));
    }

    private Operand<?> transpose(Operand<?> x, IntStream permutation) {
        return tf.linalg.transpose(TfLowering.typed(x), tf.constant(permutation.toArray()));
    }
}
