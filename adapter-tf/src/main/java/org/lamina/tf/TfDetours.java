package org.lamina.tf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lamina.Shape;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceAny;
import org.tensorflow.op.core.StridedSlice;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TFloating;
import org.tensorflow.types.family.TNumber;
import org.tensorflow.types.family.TType;

/** The primitives that TensorFlow has not, or not as Lamina means them. */
final class TfDetours {
    private static final int RUNS = 5;

    private final Ops tf;
    private final Function<Operand<?>, org.tensorflow.ndarray.Shape> known;
    private final TfRectifier rectifier;
    private final TfProduct products;
    private final Map<Shape, Operand<TInt32>> shapes = new HashMap<>();
    private @Nullable Operand<TInt32> batch;

    /** For graphs that any TensorFlow reads. */
    TfDetours(Ops tf) {
        this(tf, Operand::shape);
    }

    /** @param known the shape of an operand, where TensorFlow cannot be asked */
    TfDetours(Ops tf, Function<Operand<?>, org.tensorflow.ndarray.Shape> known) {
        this(tf, known, false);
    }

    private TfDetours(Ops tf, Function<Operand<?>, org.tensorflow.ndarray.Shape> known, boolean hasOneDnn) {
        this.tf = tf;
        this.known = known;
        this.rectifier = new TfRectifier(tf);
        this.products = new TfProduct(this, hasOneDnn);
    }

    /** For graphs that run here alone: with what this TensorFlow has and others may not. */
    static TfDetours ofThisTensorFlow(Ops tf) {
        return new TfDetours(tf, Operand::shape, TfProduct.HAS_ONEDNN);
    }

    /** What adds ops to the graph. */
    Ops tf() {
        return tf;
    }

    /** The derivatives of max(x, 0). */
    TfRectifier rectifier() {
        return rectifier;
    }

    /** Products of matrices. */
    TfProduct products() {
        return products;
    }

    /** The shape of an operand as far as it is known. */
    org.tensorflow.ndarray.Shape known(Operand<?> x) {
        return known.apply(x);
    }

    /** Tells that the size of the open axes can be read from this tensor, if it has one; the first teller is asked. */
    void offerBatch(Operand<?> x, Shape shape) {
        for (int axis = 0; axis < shape.rank() && batch == null; axis++) {
            if (shape.extent(axis) == Shape.BATCH) {
                batch = tf.gather(tf.shape(x), tf.constant(axis), tf.constant(0));
            }
        }
    }

    /** Sizes as a tensor, of int32: TensorFlow's own derivatives of broadcasts, slices and pads refuse int64 ones. */
    Operand<TInt32> sizes(long... sizes) {
        return tf.constant(Arrays.stream(sizes).mapToInt(Math::toIntExact).toArray());
    }

    /** A shape as a tensor; TensorFlow knows no open size, so its number is put in at run time. */
    Operand<TInt32> shape(Shape shape) {
        return shapes.computeIfAbsent(shape, s -> s.isOpen() ? openShape(s) : sizes(s.toArray()));
    }

    private Operand<TInt32> openShape(Shape shape) {
        List<Operand<TInt32>> sizes = new ArrayList<>();
        for (long size : shape.toArray()) {
            sizes.add(size == Shape.BATCH ? Objects.requireNonNull(batch) : tf.constant(Math.toIntExact(size)));
        }
        return tf.stack(sizes);
    }

    /** TensorFlow's binary ops take at most five runs of axes that broadcast alike; with more, the operands are broadcast before. */
    <T extends TType> Operand<?> broadcasting(
            Operand<?> x, Operand<?> y, BiFunction<Operand<T>, Operand<T>, Operand<?>> op) {
        Shape a = Shape.of(known(x).asArray());
        Shape b = Shape.of(known(y).asArray());
        if (runs(a, b) <= RUNS) {
            return op.apply(TfLowering.typed(x), TfLowering.typed(y));
        }
        int rank = Math.max(a.rank(), b.rank());
        long[] sizes = aligned(a, rank);
        Arrays.setAll(sizes, axis -> sizes[axis] == 1 ? aligned(b, rank)[axis] : sizes[axis]);
        Shape shape = Shape.of(sizes);
        return op.apply(TfLowering.typed(broadcast(x, shape)), TfLowering.typed(broadcast(y, shape)));
    }

    /** TensorFlow's BroadcastTo takes at most five runs of axes that broadcast alike; with more, half the axes go first. */
    Operand<?> broadcast(Operand<?> x, Shape shape) {
        Shape from = Shape.of(known(x).asArray());
        if (runs(from, shape) <= RUNS) {
            return tf.broadcastTo(TfLowering.typed(x), shape(shape));
        }
        int half = shape.rank() / 2;
        Shape middle = Shape.of(aligned(from, shape.rank())).slice(0, half).concat(shape.slice(half, shape.rank()));
        return tf.broadcastTo(tf.broadcastTo(TfLowering.typed(x), shape(middle)), shape(shape));
    }

    /** The number of runs of neighbouring axes that broadcast alike: the one, the other or neither. */
    private static int runs(Shape x, Shape y) {
        int rank = Math.max(x.rank(), y.rank());
        long[] a = aligned(x, rank);
        long[] b = aligned(y, rank);
        int runs = 0;
        int before = 0;
        for (int axis = 0; axis < rank; axis++) {
            int kind = a[axis] == b[axis] ? 1 : a[axis] == 1 ? 2 : 3;
            runs += kind != before ? 1 : 0;
            before = kind;
        }
        return runs;
    }

    private static long[] aligned(Shape shape, int rank) {
        long[] sizes = new long[rank];
        Arrays.fill(sizes, 1);
        System.arraycopy(shape.toArray(), 0, sizes, rank - shape.rank(), shape.rank());
        return sizes;
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
        int rank = known(x).numDimensions();
        long[] begin = new long[rank];
        long[] sizes = new long[rank];
        Arrays.fill(sizes, -1);
        begin[axis] = start;
        sizes[axis] = length;
        if (step == 1) {
            return tf.slice(TfLowering.typed(x), sizes(begin), sizes(sizes));
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
                sizes(begin),
                sizes(ends),
                sizes(steps),
                StridedSlice.beginMask(others),
                StridedSlice.endMask(end < 0 ? others | 1L << axis : others));
    }

    /** TensorFlow adds up segments along leading axes only, so those of the indices go there and the result's comes back. */
    Operand<?> scatterAdd(Operand<?> x, Operand<?> indices, int axis, long size) {
        int rank = known(x).numDimensions();
        int end = axis + known(indices).numDimensions();
        Operand<?> leading = axis == 0
                ? x
                : transpose(
                        x,
                        IntStream.concat(
                                        IntStream.range(axis, end),
                                        IntStream.concat(IntStream.range(0, axis), IntStream.range(end, rank)))
                                .toArray());
        Operand<?> sums = tf.math.unsortedSegmentSum(
                TfLowering.typed(leading), TfLowering.<TNumber>typed(indices), tf.constant(size));
        int after = rank - end;
        return axis == 0
                ? sums
                : transpose(
                        sums,
                        IntStream.concat(
                                        IntStream.rangeClosed(1, axis),
                                        IntStream.concat(
                                                IntStream.of(0), IntStream.rangeClosed(axis + 1, axis + after)))
                                .toArray());
    }

    /** The axes reordered; a product reads a matrix whose two axes were swapped from before. */
    Operand<?> transpose(Operand<?> x, int[] permutation) {
        Operand<?> result = tf.linalg.transpose(TfLowering.typed(x), tf.constant(permutation));
        int rank = permutation.length;
        int[] swap = IntStream.range(0, rank)
                .map(axis -> axis < rank - 2 ? axis : 2 * rank - 3 - axis)
                .toArray();
        if (rank >= 2 && Arrays.equals(permutation, swap)) {
            products.swapped(x, result);
        }
        return result;
    }
}
