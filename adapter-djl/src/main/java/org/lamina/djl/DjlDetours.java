package org.lamina.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.util.PairList;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.lamina.DType;

/** Ways round what DJL, or one of its engines, lacks or gets wrong. */
final class DjlDetours {
    private final NDManager manager;
    private final boolean mxnet;

    DjlDetours(NDManager manager, boolean mxnet) {
        this.manager = manager;
        this.mxnet = mxnet;
    }

    /** A reduction over one axis that keeps it. */
    interface AlongAxis {
        NDArray reduce(NDArray x, int[] axis);
    }

    /** MXNet's abs of int64 goes through float64. */
    NDArray abs(NDArray x) {
        return mxnet && x.getDataType().isInteger() ? x.maximum(x.neg()) : x.abs();
    }

    /** Both engines' sign of NaN is 0. */
    NDArray sign(NDArray x) {
        return x.getDataType().isFloating() ? NDArrays.where(x.eq(x), x.sign(), x) : x.sign();
    }

    /**
     * DJL has no expm1 (MXNet has). Kahan's way: with u = e^x rounded, (u - 1) x / ln(u) loses nothing, as the error of u is in
     * both; u of 1 means x itself, and 0 and infinity are exact.
     */
    NDArray expm1(NDArray x) {
        if (mxnet) {
            return invoke("_npi_expm1", x);
        }
        NDArray u = x.exp();
        NDArray less = u.sub(1);
        NDArray exact = u.eq(0).logicalOr(u.eq(Double.POSITIVE_INFINITY));
        return NDArrays.where(
                u.eq(1), x, NDArrays.where(exact, less, less.mul(x).div(u.log())));
    }

    /** DJL has no log1p (MXNet has). Kahan's way: with u = 1 + x rounded, x ln(u) / (u - 1). */
    NDArray log1p(NDArray x) {
        if (mxnet) {
            return invoke("_npi_log1p", x);
        }
        NDArray u = x.add(1);
        NDArray log = u.log();
        NDArray exact = u.lte(0).logicalOr(u.eq(Double.POSITIVE_INFINITY));
        return NDArrays.where(u.eq(1), x, NDArrays.where(exact, log, x.mul(log).div(u.sub(1))));
    }

    private NDArray invoke(String op, NDArray x) {
        return manager.invoke(op, new NDList(x), new PairList<>()).singletonOrThrow();
    }

    /** PyTorch's where wants operands of the condition's shape. */
    NDArray select(NDArray condition, NDArray x, NDArray y) {
        Shape shape = common(common(condition.getShape(), x.getShape()), y.getShape());
        return NDArrays.where(broadcast(condition, shape), broadcast(x, shape), broadcast(y, shape));
    }

    private static Shape common(Shape a, Shape b) {
        int rank = Math.max(a.dimension(), b.dimension());
        return new Shape(IntStream.range(0, rank)
                .mapToLong(axis -> {
                    int i = axis - rank + a.dimension();
                    int j = axis - rank + b.dimension();
                    long m = i < 0 ? 1 : a.get(i);
                    return m != 1 ? m : j < 0 ? 1 : b.get(j);
                })
                .toArray());
    }

    NDArray broadcast(NDArray x, Shape shape) {
        return x.getShape().equals(shape) ? x : x.broadcast(shape);
    }

    /**
     * PyTorch's sum of int32 is int64. MXNet adds with a correction that turns an infinite sum into NaN; where there is NaN, a
     * product with ones tells which it is.
     */
    NDArray sum(NDArray x, int[] axes, boolean keepDims) {
        NDArray sum = x.sum(axes, keepDims).toType(x.getDataType(), false);
        if (!mxnet || !x.getDataType().isFloating() || !sum.neq(sum).any().getBoolean()) {
            return sum;
        }
        int rank = x.getShape().dimension();
        int[] order = IntStream.concat(
                        IntStream.range(0, rank)
                                .filter(axis -> Arrays.stream(axes).noneMatch(a -> a == axis)),
                        Arrays.stream(axes))
                .toArray();
        long count = Arrays.stream(axes).mapToLong(x.getShape()::get).reduce(1, (a, b) -> a * b);
        NDArray rows = x.transpose(order).reshape(sum.size(), count);
        return rows.matMul(manager.ones(new Shape(count, 1), x.getDataType())).reshape(sum.getShape());
    }

    /** PyTorch's mean takes one axis only. */
    NDArray mean(NDArray x, int[] axes, boolean keepDims) {
        return sum(x, axes, keepDims).div(count(x, axes, DType.FLOAT64).getDouble());
    }

    /** PyTorch's max, min and prod take one axis only. */
    NDArray alongEach(NDArray x, int[] axes, boolean keepDims, AlongAxis reduction) {
        NDArray result = x;
        for (int axis : axes) {
            result = reduction.reduce(result, new int[] {axis});
        }
        return keepDims ? result : result.reshape(without(result.getShape(), axes));
    }

    private static Shape without(Shape shape, int[] axes) {
        return new Shape(IntStream.range(0, shape.dimension())
                .filter(axis -> Arrays.stream(axes).noneMatch(a -> a == axis))
                .mapToLong(shape::get)
                .toArray());
    }

    /** MXNet's product of nothing is 0, and PyTorch's of int32 is int64. */
    NDArray prod(NDArray x, int[] axes, boolean keepDims) {
        return alongEach(x, axes, keepDims, (part, axis) -> {
            if (mxnet && part.getShape().get(axis[0]) == 0) {
                return manager.ones(resized(part.getShape(), axis[0], 1), x.getDataType());
            }
            return part.prod(axis, true).toType(x.getDataType(), false);
        });
    }

    NDArray argMax(NDArray x, int axis) {
        return x.argMax(axis);
    }

    NDArray count(NDArray x, int[] axes, DType dtype) {
        long count = Arrays.stream(axes).mapToLong(x.getShape()::get).reduce(1, (a, b) -> a * b);
        return manager.create(count).toType(DjlArray.dataType(dtype), false);
    }

    private static Shape resized(Shape shape, int axis, long size) {
        long[] sizes = shape.getShape().clone();
        sizes[axis] = size;
        return new Shape(sizes);
    }

    /** Neither engine takes a negative step; MXNet's flip does not take bool. */
    NDArray slice(NDArray x, int axis, long start, long length, long step) {
        if (length == 0) {
            return manager.create(resized(x.getShape(), axis, 0), x.getDataType());
        }
        if (step < 0) {
            return flip(slice(x, axis, start + (length - 1) * step, length, -step), axis);
        }
        NDIndex index = new NDIndex();
        for (int i = 0; i < x.getShape().dimension(); i++) {
            if (i == axis) {
                index.addSliceDim(start, start + (length - 1) * step + 1, step);
            } else {
                index.addAllDim();
            }
        }
        return x.get(index);
    }

    private NDArray flip(NDArray x, int axis) {
        return mxnet && x.getDataType() == DataType.BOOLEAN
                ? x.toType(DataType.INT32, false).flip(axis).toType(DataType.BOOLEAN, false)
                : x.flip(axis);
    }

    /** MXNet has no pad, and PyTorch's takes integers in part only. */
    NDArray pad(NDArray x, int axis, long before, long after, double value) {
        NDList parts = new NDList();
        parts.add(manager.full(resized(x.getShape(), axis, before), (float) value, x.getDataType()));
        parts.add(x);
        parts.add(manager.full(resized(x.getShape(), axis, after), (float) value, x.getDataType()));
        return NDArrays.concat(parts, axis);
    }

    /** Both engines gather by an index array along the first axis only. */
    NDArray gather(NDArray x, NDArray indices, int axis) {
        Shape from = x.getShape();
        Shape to = new Shape(LongStream.concat(
                        LongStream.concat(
                                Arrays.stream(from.getShape(), 0, axis),
                                Arrays.stream(indices.getShape().getShape())),
                        Arrays.stream(from.getShape(), axis + 1, from.dimension()))
                .toArray());
        if (to.size() == 0) {
            return manager.create(to, x.getDataType());
        }
        int[] front = IntStream.range(0, from.dimension())
                .map(i -> i == 0 ? axis : i <= axis ? i - 1 : i)
                .toArray();
        int[] back = IntStream.range(0, from.dimension())
                .map(i -> i < axis ? i + 1 : i == axis ? 0 : i)
                .toArray();
        NDArray first = axis == 0 ? x : x.transpose(front);
        NDArray chosen = first.get(indices.reshape(indices.size()).toType(DataType.INT64, false));
        return (axis == 0 ? chosen : chosen.transpose(back)).reshape(to);
    }

    /** DJL has no scatter that adds, and a product with a one-hot matrix spreads NaN, so it is added up on the host, in order. */
    NDArray scatterAdd(NDArray x, NDArray indices, int axis, long size) {
        long[] sizes = x.getShape().getShape();
        int end = axis + indices.getShape().dimension();
        long[] result = LongStream.concat(
                        LongStream.concat(Arrays.stream(sizes, 0, axis), LongStream.of(size)),
                        Arrays.stream(sizes, end, sizes.length))
                .toArray();
        int outer = (int) Arrays.stream(sizes, 0, axis).reduce(1, (a, b) -> a * b);
        int inner = (int) Arrays.stream(sizes, end, sizes.length).reduce(1, (a, b) -> a * b);
        int[] targets = targets(indices, outer, inner, (int) size);
        NDArray sums = x.getDataType().isFloating()
                ? manager.create(
                        sums(x.toType(DataType.FLOAT64, false).toDoubleArray(), targets, outer * (int) size * inner))
                : manager.create(
                        sums(x.toType(DataType.INT64, false).toLongArray(), targets, outer * (int) size * inner));
        return sums.reshape(new Shape(result)).toType(x.getDataType(), false);
    }

    /** For each element in C order where in the result it is added. */
    private static int[] targets(NDArray indices, int outer, int inner, int size) {
        long[] along = indices.toType(DataType.INT64, false).toLongArray();
        int[] targets = new int[outer * along.length * inner];
        for (int i = 0; i < targets.length; i++) {
            int slice = i / inner;
            targets[i] = (slice / along.length * size + (int) along[slice % along.length]) * inner + i % inner;
        }
        return targets;
    }

    private static double[] sums(double[] elements, int[] targets, int count) {
        double[] sums = new double[count];
        for (int i = 0; i < targets.length; i++) {
            sums[targets[i]] += elements[i];
        }
        return sums;
    }

    private static long[] sums(long[] elements, int[] targets, int count) {
        long[] sums = new long[count];
        for (int i = 0; i < targets.length; i++) {
            sums[targets[i]] += elements[i];
        }
        return sums;
    }

    /** DJL's running sum is inclusive and forward, and PyTorch's of int32 is int64. */
    NDArray cumSum(NDArray x, int axis, boolean exclusive, boolean reverse) {
        long size = x.getShape().get(axis);
        if (x.size() == 0) {
            return x.duplicate();
        }
        NDArray forward = reverse ? flip(x, axis) : x;
        NDArray sums = forward.cumSum(axis).toType(x.getDataType(), false);
        if (exclusive) {
            sums = pad(slice(sums, axis, 0, size - 1, 1), axis, 1, 0, 0);
        }
        return reverse ? flip(sums, axis) : sums;
    }
}
