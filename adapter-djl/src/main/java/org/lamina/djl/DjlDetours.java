package org.lamina.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.util.PairList;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.BinaryOperator;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.TensorType;

/** Ways round what DJL, or one of its engines, lacks or gets wrong. What they make on the way is freed when they end. */
final class DjlDetours {
    /** MXNet's kernels for broadcasting and slicing take no more axes; beyond, some fail and some give garbage. */
    private static final int MXNET_AXES = 5;

    private final NDManager manager;
    private final boolean mxnet;

    DjlDetours(NDManager manager, boolean mxnet) {
        this.manager = manager;
        this.mxnet = mxnet;
    }

    /** A reduction over axes. */
    interface Along {
        NDArray reduce(NDArray x, int[] axes, boolean keepDims);
    }

    /** The result, a new array, alone is left of the arrays that are made; a detour around this one frees it. */
    private static NDArray only(Supplier<NDArray> result) {
        NDArray only;
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            only = result.get();
            NDScope.unregister(only);
        }
        NDScope.register(only);
        return only;
    }

    /** A scalar; DJL's own ways to make one go through float32 or leave a buffer to the garbage collector. */
    NDArray scalar(double value, DType dtype) {
        return DjlArray.upload(manager, HostArray.full(new TensorType(dtype, org.lamina.Shape.scalar()), value));
    }

    private NDArray scalar(double value, NDArray like) {
        return scalar(value, DjlArray.dtype(like.getDataType()));
    }

    private NDArray invoke(String op, NDList operands, PairList<String, Object> parameters) {
        return manager.invoke(op, operands, parameters).singletonOrThrow();
    }

    /** MXNet's ops that move elements take bool as an unknown dtype, or leave the result as it was in memory. */
    private NDArray moved(NDArray x, UnaryOperator<NDArray> op) {
        if (!mxnet || x.getDataType() != DataType.BOOLEAN) {
            return op.apply(x);
        }
        return only(() -> op.apply(x.toType(DataType.UINT8, false)).toType(DataType.BOOLEAN, false));
    }

    /** MXNet's abs of int64 goes through float64. */
    NDArray abs(NDArray x) {
        return mxnet && x.getDataType().isInteger() ? only(() -> x.maximum(x.neg())) : x.abs();
    }

    /** Both engines' sign of NaN is 0. */
    NDArray sign(NDArray x) {
        return x.getDataType().isFloating() ? only(() -> NDArrays.where(x.eq(x), x.sign(), x)) : x.sign();
    }

    /**
     * DJL has no expm1 (MXNet has). Kahan's way: with u = e^x rounded, (u - 1) x / ln(u) loses nothing, as the error of u is in
     * both; u of 1 means x itself, and where ln(u) is infinite, or u - 1 is -1 (u may be subnormal), u - 1 is the answer.
     */
    NDArray expm1(NDArray x) {
        if (mxnet) {
            return invoke("_npi_expm1", new NDList(x), new PairList<>());
        }
        return only(() -> {
            NDArray one = scalar(1, x);
            NDArray u = x.exp();
            NDArray log = u.log();
            NDArray less = u.sub(one);
            NDArray exact = less.eq(one.neg()).logicalOr(log.isInfinite());
            NDArray ratio = NDArrays.where(exact, one.broadcast(x.getShape()), x.div(log));
            return NDArrays.where(u.eq(one), x, less.mul(ratio));
        });
    }

    /** DJL has no log1p (MXNet has). Kahan's way: with u = 1 + x rounded, ln(u) x / (u - 1). */
    NDArray log1p(NDArray x) {
        if (mxnet) {
            return invoke("_npi_log1p", new NDList(x), new PairList<>());
        }
        return only(() -> {
            NDArray one = scalar(1, x);
            NDArray u = x.add(one);
            NDArray ratio = NDArrays.where(u.isInfinite(), one.broadcast(x.getShape()), x.div(u.sub(one)));
            return NDArrays.where(u.eq(one), x, u.log().mul(ratio));
        });
    }

    /** MXNet's activation is 0 below -87, where the sigmoid is still a normal number, and fails on an empty array; its other op does neither. */
    NDArray sigmoid(NDArray x) {
        return mxnet ? invoke("_npx_sigmoid", new NDList(x), new PairList<>()) : Activation.sigmoid(x);
    }

    /** MXNet broadcasts few axes only. */
    NDArray binary(NDArray x, NDArray y, BinaryOperator<NDArray> op) {
        if (!mxnet || Math.max(rank(x), rank(y)) <= MXNET_AXES) {
            return op.apply(x, y);
        }
        Shape shape = common(x.getShape(), y.getShape());
        return only(() -> op.apply(broadcast(x, shape), broadcast(y, shape)));
    }

    /** MXNet has both for numbers only, and DJL's way there leaves arrays behind. */
    NDArray logical(NDArray x, NDArray y, BinaryOperator<NDArray> op) {
        return mxnet ? only(() -> binary(x, y, op)) : op.apply(x, y);
    }

    /** PyTorch's where wants the condition and the first operand of one shape, MXNet's wants all three. */
    NDArray select(NDArray condition, NDArray x, NDArray y) {
        Shape shape = common(common(condition.getShape(), x.getShape()), y.getShape());
        return only(() -> {
            NDArray wide = broadcast(y, shape);
            NDArray mask = broadcast(condition, shape);
            return mxnet && x.getDataType() == DataType.BOOLEAN
                    ? mask.logicalAnd(broadcast(x, shape))
                            .logicalOr(mask.logicalNot().logicalAnd(wide))
                    : NDArrays.where(mask, broadcast(x, shape), wide);
        });
    }

    private static int rank(NDArray x) {
        return x.getShape().dimension();
    }

    private static Shape common(Shape a, Shape b) {
        int rank = Math.max(a.dimension(), b.dimension());
        long[] sizes = aligned(a, rank);
        long[] others = aligned(b, rank);
        Arrays.setAll(sizes, axis -> sizes[axis] == 1 ? others[axis] : sizes[axis]);
        return new Shape(sizes);
    }

    private static long[] aligned(Shape shape, int rank) {
        long[] sizes = new long[rank];
        Arrays.fill(sizes, 1);
        System.arraycopy(shape.getShape(), 0, sizes, rank - shape.dimension(), shape.dimension());
        return sizes;
    }

    /** MXNet broadcasts few axes only, so beyond them one at a time. */
    NDArray broadcast(NDArray x, Shape shape) {
        if (x.getShape().equals(shape)) {
            return x;
        }
        if (!mxnet || shape.dimension() <= MXNET_AXES) {
            return x.broadcast(shape);
        }
        return only(() -> {
            NDArray result = x.reshape(new Shape(aligned(x.getShape(), shape.dimension())));
            for (int axis = 0; axis < shape.dimension(); axis++) {
                Shape to = resized(result.getShape(), axis, shape.get(axis));
                result = result.getShape().equals(to)
                        ? result
                        : three(result, axis).broadcast(three(to, axis)).reshape(to);
            }
            return result;
        });
    }

    private static Shape resized(Shape shape, int axis, long size) {
        long[] sizes = shape.getShape().clone();
        sizes[axis] = size;
        return new Shape(sizes);
    }

    private static NDArray three(NDArray x, int axis) {
        return x.reshape(three(x.getShape(), axis));
    }

    /** The axes before one, it, and those after it. */
    private static Shape three(Shape shape, int axis) {
        return new Shape(
                shape.slice(0, axis).size(),
                shape.get(axis),
                shape.slice(axis + 1).size());
    }

    /** MXNet reduces an empty array to the wrong shape. PyTorch reduces int32 to int64. */
    private NDArray reduced(NDArray x, int[] axes, boolean keepDims, double ofNone, Along reduction) {
        return only(() -> {
            if (mxnet && x.size() == 0) {
                return broadcast(scalar(ofNone, x), reduced(x.getShape(), axes, keepDims));
            }
            return reduction.reduce(x, axes, keepDims).toType(x.getDataType(), false);
        });
    }

    private static Shape reduced(Shape shape, int[] axes, boolean keepDims) {
        return new Shape(IntStream.range(0, shape.dimension())
                .filter(axis -> keepDims || !contains(axes, axis))
                .mapToLong(axis -> contains(axes, axis) ? 1 : shape.get(axis))
                .toArray());
    }

    private static boolean contains(int[] axes, int axis) {
        return Arrays.stream(axes).anyMatch(a -> a == axis);
    }

    /** MXNet adds with a correction that turns an infinite sum into NaN; where there is NaN, a product with ones tells which it is. */
    NDArray sum(NDArray x, int[] axes, boolean keepDims) {
        return reduced(x, axes, keepDims, 0, (all, along, keep) -> {
            NDArray sum = all.sum(along, keep);
            boolean nan = mxnet && x.getDataType().isFloating() && sum.size() > 0 && hasNan(sum);
            return nan ? product(all, along).reshape(sum.getShape()) : sum;
        });
    }

    private static boolean hasNan(NDArray x) {
        return DjlArray.read(x.neq(x).any(), bytes -> bytes.get(0) != 0);
    }

    private NDArray product(NDArray x, int[] axes) {
        int[] order = IntStream.concat(
                        IntStream.range(0, rank(x)).filter(axis -> !contains(axes, axis)), Arrays.stream(axes))
                .toArray();
        long count = count(x.getShape(), axes);
        NDArray ones = broadcast(scalar(1, x), new Shape(count, 1));
        return x.transpose(order).reshape(x.size() / count, count).matMul(ones);
    }

    private static long count(Shape shape, int[] axes) {
        return Arrays.stream(axes).mapToLong(shape::get).reduce(1, (a, b) -> a * b);
    }

    /** PyTorch's mean takes one axis only, and MXNet's adds as its sum does. */
    NDArray mean(NDArray x, int[] axes, boolean keepDims) {
        if (!mxnet && axes.length == 1) {
            return x.mean(axes, keepDims);
        }
        return only(() -> sum(x, axes, keepDims).div(scalar((double) count(x.getShape(), axes), x)));
    }

    /** MXNet's product of nothing is 0. */
    NDArray prod(NDArray x, int[] axes, boolean keepDims) {
        return reduced(x, axes, keepDims, 1, (all, along, keep) -> eachAxis(all, along, keep, NDArray::prod));
    }

    /** PyTorch's max, min and prod take one axis only. */
    NDArray eachAxis(NDArray x, int[] axes, boolean keepDims, Along reduction) {
        Shape shape = reduced(x.getShape(), axes, keepDims);
        if (mxnet && shape.size() == 0) {
            return manager.create(shape, x.getDataType());
        }
        return only(() -> {
            NDArray result = x;
            for (int axis : axes) {
                result = reduction.reduce(result, new int[] {axis}, true);
            }
            return result.reshape(shape);
        });
    }

    NDArray count(NDArray x, int[] axes, DType dtype) {
        return scalar((double) count(x.getShape(), axes), dtype);
    }

    /** MXNet multiplies few axes of matrices only. */
    NDArray matmul(NDArray x, NDArray y) {
        if (mxnet && isPlain(x) && isPlain(y)) {
            return only(() -> batched(x, y));
        }
        if (!mxnet || Math.max(rank(x), rank(y)) <= MXNET_AXES) {
            return x.matMul(y);
        }
        Shape m = x.getShape();
        Shape n = y.getShape();
        Shape rows = m.slice(rank(x) - 2);
        Shape columns = n.slice(rank(y) - 2);
        Shape batch = common(m.slice(0, rank(x) - 2), n.slice(0, rank(y) - 2));
        return only(() -> {
            NDArray left = broadcast(x, batch.addAll(rows)).reshape(new Shape(batch.size()).addAll(rows));
            NDArray right = broadcast(y, batch.addAll(columns)).reshape(new Shape(batch.size()).addAll(columns));
            return left.matMul(right).reshape(batch.addAll(new Shape(rows.get(0), columns.get(1))));
        });
    }

    private static boolean isPlain(NDArray matrix) {
        return rank(matrix) == 2 && matrix.size() > 0 && matrix.getDataType() == DataType.FLOAT32;
    }

    /** A product of one matrix and one is computed by oneDNN, in half the time that MXNet's product of matrices takes. */
    private NDArray batched(NDArray x, NDArray y) {
        Shape one = new Shape(1);
        NDList matrices = new NDList(x.reshape(one.addAll(x.getShape())), y.reshape(one.addAll(y.getShape())));
        Shape product = new Shape(x.getShape().get(0), y.getShape().get(1));
        return invoke("batch_dot", matrices, new PairList<>()).reshape(product);
    }

    /** MXNet transposes few axes only; beyond, one axis after another moves to its place. */
    NDArray transpose(NDArray x, int[] permutation) {
        if (!mxnet || rank(x) <= DjlMoves.MOST) {
            return moved(x, y -> y.transpose(permutation));
        }
        if (x.size() == 0) {
            long[] sizes =
                    Arrays.stream(permutation).mapToLong(x.getShape()::get).toArray();
            return manager.create(new Shape(sizes), x.getDataType());
        }
        return only(() -> {
            NDArray result = x;
            for (DjlMoves.Move move : DjlMoves.of(permutation)) {
                long[] sizes = result.getShape().getShape();
                NDArray blocks = result.reshape(new Shape(move.blocks(sizes)));
                result = transpose(blocks, DjlMoves.SWAP).reshape(new Shape(move.moved(sizes)));
            }
            return result == x ? x.duplicate() : result;
        });
    }

    /** Neither engine takes a negative step, and MXNet slices few axes only. */
    NDArray slice(NDArray x, int axis, long start, long length, long step) {
        Shape to = resized(x.getShape(), axis, length);
        if (to.size() == 0) {
            return manager.create(to, x.getDataType());
        }
        if (step < 0) {
            return only(() -> flip(slice(x, axis, start + (length - 1) * step, length, -step), axis));
        }
        NDIndex index = new NDIndex().addAllDim(mxnet ? 1 : axis);
        index.addSliceDim(start, start + (length - 1) * step + 1, step);
        return mxnet ? only(() -> three(x, axis).get(index).reshape(to)) : x.get(index);
    }

    private NDArray flip(NDArray x, int axis) {
        return moved(x, y -> y.flip(axis));
    }

    /** MXNet has no pad, and PyTorch's takes integers in part only. */
    NDArray pad(NDArray x, int axis, long before, long after, double value) {
        return only(() -> {
            NDArray one = scalar(value, x);
            NDList parts = new NDList(x);
            if (before > 0) {
                parts.add(0, broadcast(one, resized(x.getShape(), axis, before)));
            }
            if (after > 0) {
                parts.add(broadcast(one, resized(x.getShape(), axis, after)));
            }
            return NDArrays.concat(parts, axis);
        });
    }

    /** DJL's own gather is another op; by an index array PyTorch chooses slices, and MXNet has take. */
    NDArray gather(NDArray x, NDArray indices, int axis) {
        Shape to = spliced(x.getShape(), axis, axis + 1, indices.getShape().getShape());
        if (to.size() == 0) {
            return manager.create(to, x.getDataType());
        }
        if (!mxnet) {
            return only(() -> x.get(new NDIndex(":, ".repeat(axis) + "{}", indices)));
        }
        PairList<String, Object> parameters = new PairList<>();
        parameters.add("axis", axis);
        return moved(x, y -> invoke("take", new NDList(y, indices), parameters));
    }

    private static Shape spliced(Shape shape, int from, int to, long... sizes) {
        return shape.slice(0, from).addAll(new Shape(sizes)).addAll(shape.slice(to));
    }

    /**
     * DJL has no scatter that adds, and a product with a one-hot matrix needs much memory and spreads NaN. So the host adds, in
     * order: with PyTorch right into the result's memory, with MXNet into a copy.
     */
    NDArray scatterAdd(NDArray x, NDArray indices, int axis, long size) {
        int end = axis + rank(indices);
        NDArray result = manager.zeros(spliced(x.getShape(), axis, end, size), x.getDataType());
        if (x.size() == 0) {
            return result;
        }
        long[] along = longs(indices);
        int inner = (int) x.getShape().slice(end).size();
        return DjlArray.read(
                x,
                from -> DjlArray.read(result, to -> {
                    addRows(adder(x.getDataType(), from, to, inner), along, (int) x.size(), inner, (int) size);
                    if (mxnet) {
                        result.set(to);
                    }
                    return result;
                }));
    }

    private static long[] longs(NDArray indices) {
        long[] longs = new long[(int) indices.size()];
        return DjlArray.read(indices, bytes -> {
            boolean wide = indices.getDataType() == DataType.INT64;
            Arrays.setAll(longs, i -> wide ? bytes.getLong(8 * i) : bytes.getInt(4 * i));
            return longs;
        });
    }

    /** Adds a row of elements to another. */
    private interface Adder {
        void add(int from, int to);
    }

    private static void addRows(Adder adder, long[] along, int count, int inner, int size) {
        for (int from = 0, row = 0; from < count; from += inner, row++) {
            int outer = row / along.length;
            adder.add(from, (outer * size + (int) along[row % along.length]) * inner);
        }
    }

    private static Adder adder(DataType dtype, ByteBuffer from, ByteBuffer to, int length) {
        return switch (dtype) {
            case FLOAT32 ->
                (i, j) -> {
                    for (int end = i + length; i < end; i++, j++) {
                        to.putFloat(4 * j, to.getFloat(4 * j) + from.getFloat(4 * i));
                    }
                };
            case FLOAT64 ->
                (i, j) -> {
                    for (int end = i + length; i < end; i++, j++) {
                        to.putDouble(8 * j, to.getDouble(8 * j) + from.getDouble(8 * i));
                    }
                };
            case INT32 ->
                (i, j) -> {
                    for (int end = i + length; i < end; i++, j++) {
                        to.putInt(4 * j, to.getInt(4 * j) + from.getInt(4 * i));
                    }
                };
            default ->
                (i, j) -> {
                    for (int end = i + length; i < end; i++, j++) {
                        to.putLong(8 * j, to.getLong(8 * j) + from.getLong(8 * i));
                    }
                };
        };
    }

    /** DJL's running sum is inclusive and forward, PyTorch's of int32 is int64, and MXNet's takes few axes only. */
    NDArray cumSum(NDArray x, int axis, boolean exclusive, boolean reverse) {
        if (x.size() == 0) {
            return x.duplicate();
        }
        return only(() -> {
            NDArray forward = reverse ? flip(x, axis) : x;
            NDArray sums = mxnet
                    ? three(forward, axis).cumSum(1).reshape(x.getShape())
                    : forward.cumSum(axis).toType(x.getDataType(), false);
            if (exclusive) {
                sums = pad(slice(sums, axis, 0, x.getShape().get(axis) - 1, 1), axis, 1, 0, 0);
            }
            return reverse ? flip(sums, axis) : sums;
        });
    }
}
