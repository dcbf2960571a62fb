package org.lamina.tf;

import java.util.List;
import java.util.function.Function;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.Lowering;
import org.lamina.graph.NativeFunction;
import org.tensorflow.Operand;
import org.tensorflow.OperationBuilder;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Max;
import org.tensorflow.op.core.Min;
import org.tensorflow.op.core.Prod;
import org.tensorflow.op.core.Sum;
import org.tensorflow.op.math.Cumsum;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;
import org.tensorflow.types.family.TType;

/** The primitives as operations of one TensorFlow graph. */
final class TfLowering implements Lowering<Operand<?>> {
    /** The bytes up to which a constant is part of the graph. */
    private static final long SMALL = 1 << 16;

    private final Ops tf;
    private final Function<HostArray, Operand<?>> large;
    private final TfDetours detours;

    /**
     * A lowering onto a graph.
     *
     * @param large adds a constant that is too large to be part of the graph
     */
    TfLowering(Ops tf, TfDetours detours, Function<HostArray, Operand<?>> large) {
        this.tf = tf;
        this.large = large;
        this.detours = detours;
    }

    /** The operand as one of the element type that the context wants; Lamina has checked that it is. */
    @SuppressWarnings("unchecked")
    static <T extends TType> Operand<T> typed(Operand<?> operand) {
        return (Operand<T>) operand;
    }

    @SuppressWarnings("unchecked")
    static <T extends TType> List<Operand<T>> typed(List<? extends Operand<?>> operands) {
        return (List<Operand<T>>) (List<?>) operands;
    }

    /** Begins an op that Ops has no method for. */
    static OperationBuilder op(Ops tf, String name) {
        return ((org.tensorflow.Graph) tf.scope().env())
                .opBuilder(name, tf.scope().makeOpName(name.replace("_", "")), tf.scope());
    }

    /** True for a constant that is not made part of the graph. */
    static boolean isLarge(TensorType type) {
        return !type.shape().isOpen() && type.shape().size() * type.dtype().bytes() > SMALL;
    }

    @Override
    public Operand<?> constant(HostArray value) {
        return isLarge(value.type())
                ? large.apply(value)
                : detours.rectifier().constant(value, TfTensor.constant(tf, value));
    }

    @Override
    public Operand<?> neg(Operand<?> x) {
        return tf.math.neg(typed(x));
    }

    @Override
    public Operand<?> abs(Operand<?> x) {
        return tf.math.abs(typed(x));
    }

    @Override
    public Operand<?> sign(Operand<?> x) {
        return tf.math.sign(typed(x));
    }

    @Override
    public Operand<?> floor(Operand<?> x) {
        return tf.math.floor(typed(x));
    }

    @Override
    public Operand<?> exp(Operand<?> x) {
        return tf.math.exp(typed(x));
    }

    @Override
    public Operand<?> expm1(Operand<?> x) {
        return tf.math.expm1(typed(x));
    }

    @Override
    public Operand<?> log(Operand<?> x) {
        return tf.math.log(typed(x));
    }

    @Override
    public Operand<?> log1p(Operand<?> x) {
        return tf.math.log1p(typed(x));
    }

    @Override
    public Operand<?> sqrt(Operand<?> x) {
        return tf.math.sqrt(typed(x));
    }

    @Override
    public Operand<?> sin(Operand<?> x) {
        return tf.math.sin(typed(x));
    }

    @Override
    public Operand<?> cos(Operand<?> x) {
        return tf.math.cos(typed(x));
    }

    @Override
    public Operand<?> tan(Operand<?> x) {
        return tf.math.tan(typed(x));
    }

    @Override
    public Operand<?> tanh(Operand<?> x) {
        return tf.math.tanh(typed(x));
    }

    @Override
    public Operand<?> sigmoid(Operand<?> x) {
        return tf.math.sigmoid(typed(x));
    }

    @Override
    public Operand<?> erf(Operand<?> x) {
        return tf.math.erf(typed(x));
    }

    @Override
    public Operand<?> not(Operand<?> x) {
        return tf.math.logicalNot(typed(x));
    }

    @Override
    public Operand<?> add(Operand<?> x, Operand<?> y) {
        return detours.broadcasting(x, y, tf.math::add);
    }

    @Override
    public Operand<?> sub(Operand<?> x, Operand<?> y) {
        return detours.broadcasting(x, y, tf.math::sub);
    }

    @Override
    public Operand<?> mul(Operand<?> x, Operand<?> y) {
        return detours.broadcasting(x, y, tf.math::mul);
    }

    @Override
    public Operand<?> div(Operand<?> x, Operand<?> y) {
        return detours.broadcasting(x, y, tf.math::realDiv);
    }

    @Override
    public Operand<?> pow(Operand<?> x, Operand<?> y) {
        return x.asOutput().type() == TFloat64.class
                ? detours.<TFloat64>broadcasting(x, y, new TfPower(tf)::of)
                : detours.broadcasting(x, y, tf.math::pow);
    }

    @Override
    public Operand<?> max(Operand<?> x, Operand<?> y) {
        return detours.<TNumber>broadcasting(x, y, tf.math::maximum);
    }

    @Override
    public Operand<?> min(Operand<?> x, Operand<?> y) {
        return detours.<TNumber>broadcasting(x, y, tf.math::minimum);
    }

    @Override
    public Operand<?> equal(Operand<?> x, Operand<?> y) {
        return detours.broadcasting(x, y, tf.math::equal);
    }

    @Override
    public Operand<?> less(Operand<?> x, Operand<?> y) {
        return detours.<TNumber>broadcasting(x, y, tf.math::less);
    }

    @Override
    public Operand<?> lessEqual(Operand<?> x, Operand<?> y) {
        return detours.rectifier()
                .lessEqual(x, y, TfLowering.typed(detours.<TNumber>broadcasting(x, y, tf.math::lessEqual)));
    }

    @Override
    public Operand<?> and(Operand<?> x, Operand<?> y) {
        return detours.broadcasting(x, y, tf.math::logicalAnd);
    }

    @Override
    public Operand<?> or(Operand<?> x, Operand<?> y) {
        return detours.broadcasting(x, y, tf.math::logicalOr);
    }

    @Override
    public Operand<?> select(Operand<?> condition, Operand<?> x, Operand<?> y) {
        return detours.rectifier().select(condition, x, y);
    }

    @Override
    public Operand<?> sum(Operand<?> x, int[] axes, boolean keepDims) {
        return tf.sum(typed(x), tf.constant(axes), Sum.keepDims(keepDims));
    }

    @Override
    public Operand<?> mean(Operand<?> x, int[] axes, boolean keepDims) {
        return tf.math.mean(typed(x), tf.constant(axes), Mean.keepDims(keepDims));
    }

    @Override
    public Operand<?> reduceMax(Operand<?> x, int[] axes, boolean keepDims) {
        return tf.max(typed(x), tf.constant(axes), Max.keepDims(keepDims));
    }

    @Override
    public Operand<?> reduceMin(Operand<?> x, int[] axes, boolean keepDims) {
        return tf.min(typed(x), tf.constant(axes), Min.keepDims(keepDims));
    }

    @Override
    public Operand<?> prod(Operand<?> x, int[] axes, boolean keepDims) {
        return tf.prod(typed(x), tf.constant(axes), Prod.keepDims(keepDims));
    }

    @Override
    public Operand<?> argMax(Operand<?> x, int axis) {
        return detours.argMax(x, axis);
    }

    @Override
    public Operand<?> count(Operand<?> x, int[] axes, DType dtype) {
        if (axes.length == detours.known(x).numDimensions()) {
            return cast(tf.size(typed(x), TInt64.class), dtype);
        }
        Operand<TInt64> sizes = tf.gather(tf.shape(x, TInt64.class), tf.constant(axes), tf.constant(0));
        return cast(tf.prod(sizes, tf.constant(0)), dtype);
    }

    @Override
    public Operand<?> matmul(Operand<?> x, Operand<?> y) {
        return detours.products().matmul(x, y);
    }

    @Override
    public Operand<?> reshape(Operand<?> x, Shape shape) {
        return tf.reshape(typed(x), detours.shape(shape));
    }

    @Override
    public Operand<?> transpose(Operand<?> x, int[] permutation) {
        return detours.transpose(x, permutation);
    }

    @Override
    public Operand<?> broadcast(Operand<?> x, Shape shape) {
        return detours.broadcast(x, shape);
    }

    @Override
    public Operand<?> concat(List<Operand<?>> tensors, int axis) {
        return tensors.size() == 1 ? tensors.get(0) : tf.concat(typed(tensors), tf.constant(axis));
    }

    @Override
    public Operand<?> slice(Operand<?> x, int axis, long start, long length, long step) {
        return detours.slice(x, axis, start, length, step);
    }

    @Override
    public Operand<?> pad(Operand<?> x, int axis, long before, long after, double value) {
        int[][] widths = new int[detours.known(x).numDimensions()][2];
        widths[axis] = new int[] {Math.toIntExact(before), Math.toIntExact(after)};
        return tf.pad(typed(x), tf.constant(widths), typed(scalar(x, value)));
    }

    private Operand<?> scalar(Operand<?> like, double value) {
        return tf.constant(like.asOutput().type().asSubclass(TNumber.class), value);
    }

    @Override
    public Operand<?> gather(Operand<?> x, Operand<?> indices, int axis) {
        return tf.gather(typed(x), typed(indices), tf.constant(axis));
    }

    @Override
    public Operand<?> scatterAdd(Operand<?> x, Operand<?> indices, int axis, long size) {
        return detours.scatterAdd(x, indices, axis, size);
    }

    @Override
    public Operand<?> cumSum(Operand<?> x, int axis, boolean exclusive, boolean reverse) {
        return tf.math.cumsum(typed(x), tf.constant(axis), Cumsum.exclusive(exclusive), Cumsum.reverse(reverse));
    }

    @Override
    public Operand<?> cast(Operand<?> x, DType dtype) {
        return tf.dtypes.cast(x, TfArray.tensorClass(dtype));
    }

    @Override
    public Operand<?> stopGradient(Operand<?> x) {
        return tf.stopGradient(typed(x));
    }

    /** In the shape that Lamina knows, where TensorFlow knows less. */
    @Override
    public Operand<?> nativeCall(NativeFunction function, TensorType type, List<Operand<?>> operands) {
        if (function instanceof TfKernels.Kernel kernel) {
            return kernel.compute(detours, type, operands);
        }
        if (!(function instanceof TfNativeFunction own)) {
            return Lowering.super.nativeCall(function, type, operands);
        }
        Operand<?> result = own.compute(tf, operands);
        return result.shape().equals(TfArray.shape(type.shape())) ? result : reshape(result, type.shape());
    }
}
