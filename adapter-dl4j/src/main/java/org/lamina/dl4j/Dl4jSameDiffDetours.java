package org.lamina.dl4j;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.function.BinaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.custom.BitCast;
import org.nd4j.linalg.factory.Nd4j;

/** Ways round what SameDiff lacks or cannot differentiate, in SPEC order. */
final class Dl4jSameDiffDetours {
    private final SameDiff target;
    private final IdentityHashMap<SDVariable, Shape> shapes;

    Dl4jSameDiffDetours(SameDiff target, IdentityHashMap<SDVariable, Shape> shapes) {
        this.target = target;
        this.shapes = shapes;
    }

    private Shape shape(SDVariable x) {
        return Objects.requireNonNull(shapes.get(x));
    }

    private SDVariable known(SDVariable x, Shape shape) {
        shapes.put(x, shape);
        return x;
    }

    private SDVariable full(DataType type, Shape shape, double value) {
        HostArray array = HostArray.full(new TensorType(Dl4jArray.dtype(type), shape), value);
        return known(target.constant(Dl4jArray.copy(array)), shape);
    }

    /** SameDiff has a not of numbers only. */
    SDVariable not(SDVariable x) {
        return target.math().xor(x, full(DataType.BOOL, shape(x), 1));
    }

    /**
     * SameDiff's where has no derivative, and in a sum of products with the mask NaN and infinities that are not chosen would
     * show. So both operands are added into segments of one place each, what is not chosen into one more that is cut off.
     */
    SDVariable select(SDVariable condition, SDVariable x, SDVariable y) {
        Shape shape = common(common(shape(condition), shape(x)), shape(y));
        SDVariable mask = broadcast(condition, shape).castTo(DataType.INT64);
        if (!x.dataType().isFPType()) {
            SDVariable chosen = x.castTo(DataType.INT64).mul(mask);
            return chosen.add(y.castTo(DataType.INT64).mul(mask.rsub(1))).castTo(x.dataType());
        }
        long size = shape.size();
        if (size == 0) {
            return full(x.dataType(), shape, 0);
        }
        SDVariable first = target.reshape(mask, size);
        SDVariable second = first.rsub(1);
        SDVariable places =
                target.constant(Nd4j.createFromArray(LongStream.range(0, size).toArray()));
        SDVariable segments = target.concat(
                0,
                first.mul(places).add(second.mul((double) size)),
                second.mul(places).add(first.mul((double) size)));
        SDVariable values =
                target.concat(0, target.reshape(broadcast(x, shape), size), target.reshape(broadcast(y, shape), size));
        SDVariable sums = target.unsortedSegmentSum(values, segments, Math.toIntExact(size + 1));
        return target.reshape(target.slice(sums, new int[] {0}, Math.toIntExact(size)), shape.toArray());
    }

    private static Shape common(Shape x, Shape y) {
        return Shape.of(Dl4jDetours.common(x.toArray(), y.toArray()));
    }

    /** SameDiff's derivatives of quotients, maxima and minima of operands that broadcast are wrong, and so is its and. */
    SDVariable broadcasting(SDVariable x, SDVariable y, BinaryOperator<SDVariable> op) {
        Shape shape = common(shape(x), shape(y));
        return op.apply(broadcast(x, shape), broadcast(y, shape));
    }

    /** SameDiff's derivative of a product is NaN at 0, so halves are multiplied until one element is left. */
    SDVariable prod(SDVariable x, int[] axes, boolean keepDims) {
        Shape from = shape(x);
        SDVariable product = x;
        for (int axis : axes) {
            product = prod(product, axis);
        }
        Shape shape = Shape.of(Dl4jDetours.reduced(from.toArray(), axes, keepDims));
        return axes.length == 0 || keepDims ? product : product.reshape(shape.toArray());
    }

    private SDVariable prod(SDVariable x, int axis) {
        Shape shape = shape(x);
        long size = shape.extent(axis);
        if (size < 2) {
            return size == 1 ? x : full(x.dataType(), shape.with(axis, 1), 1);
        }
        long half = size / 2;
        Shape smaller = shape.with(axis, half);
        SDVariable halves = known(slice(x, axis, 0, half, 1).mul(slice(x, axis, half, half, 1)), smaller);
        SDVariable product = prod(halves, axis);
        SDVariable rest = slice(x, axis, size - 1, 1, 1);
        return known(size % 2 == 0 ? product : product.mul(rest), shape.with(axis, 1));
    }

    SDVariable count(SDVariable x, int[] axes, DType dtype) {
        long count = Arrays.stream(axes).mapToLong(shape(x)::extent).reduce(1, (a, b) -> a * b);
        return full(Dl4jArray.dataType(dtype), Shape.scalar(), (double) count);
    }

    /** SameDiff multiplies equal batches only. */
    SDVariable matmul(SDVariable x, SDVariable y) {
        Shape rows = shape(x);
        Shape columns = shape(y);
        if (rows.rank() == 2 && columns.rank() == 2) {
            return target.mmul(x, y);
        }
        long[] batch = Dl4jDetours.common(
                rows.slice(0, rows.rank() - 2).toArray(),
                columns.slice(0, columns.rank() - 2).toArray());
        Shape left = Shape.of(batch).concat(rows.slice(rows.rank() - 2, rows.rank()));
        Shape right = Shape.of(batch).concat(columns.slice(columns.rank() - 2, columns.rank()));
        return target.mmul(broadcast(x, left), broadcast(y, right));
    }

    /** SameDiff's broadcastTo has no derivative, and tile takes operands of the result's rank only. */
    SDVariable broadcast(SDVariable x, Shape shape) {
        if (shape(x).equals(shape)) {
            return x;
        }
        Shape from = aligned(shape(x), shape.rank());
        int[] times = IntStream.range(0, shape.rank())
                .map(axis -> Math.toIntExact(from.extent(axis) == shape.extent(axis) ? 1 : shape.extent(axis)))
                .toArray();
        SDVariable same = from.equals(shape(x)) ? x : x.reshape(from.toArray());
        return known(target.tile(same, times), shape);
    }

    private static Shape aligned(Shape shape, int rank) {
        long[] ones = new long[rank - shape.rank()];
        Arrays.fill(ones, 1);
        return Shape.of(ones).concat(shape);
    }

    /** SameDiff's concat takes no bool, and no empty arrays beside others. */
    SDVariable concat(List<SDVariable> tensors, int axis) {
        if (tensors.get(0).dataType() == DataType.BOOL) {
            List<SDVariable> integers = tensors.stream()
                    .map(x -> known(x.castTo(DataType.INT32), shape(x)))
                    .toList();
            return concat(integers, axis).castTo(DataType.BOOL);
        }
        List<SDVariable> full =
                tensors.stream().filter(x -> shape(x).size() > 0).toList();
        return full.size() < 2
                ? full.isEmpty() ? tensors.get(0) : full.get(0)
                : target.concat(axis, full.toArray(SDVariable[]::new));
    }

    /** SameDiff's slice with a negative step ends the process, and with any step the derivative of one element is wrong. */
    SDVariable slice(SDVariable x, int axis, long start, long length, long step) {
        if (step < 0) {
            return target.reverse(slice(x, axis, start + (length - 1) * step, length, -step), axis);
        }
        int[] begin = new int[shape(x).rank()];
        int[] size = ints(shape(x).toArray());
        begin[axis] = Math.toIntExact(start);
        size[axis] = Math.toIntExact(length == 0 ? 0 : (length - 1) * step + 1);
        SDVariable span = target.slice(x, begin, size);
        if (step == 1 || length < 2) {
            return span;
        }
        long[] steps = new long[begin.length];
        Arrays.fill(steps, 1);
        steps[axis] = step;
        return target.stridedSlice(span, new long[begin.length], longs(size), steps);
    }

    private static int[] ints(long... sizes) {
        return Arrays.stream(sizes).mapToInt(Math::toIntExact).toArray();
    }

    private static long[] longs(int... sizes) {
        return Arrays.stream(sizes).asLongStream().toArray();
    }

    /** SameDiff's pad takes its widths as an array. */
    SDVariable pad(SDVariable x, int axis, long before, long after, double value) {
        SDVariable first = full(x.dataType(), shape(x).with(axis, before), value);
        SDVariable last = full(x.dataType(), shape(x).with(axis, after), value);
        return concat(List.of(first, x, last), axis);
    }

    /**
     * SameDiff's derivative of gather is wrong along the first axis and fails along others. So the value is gather's, and the
     * derivative that of a product with a one-hot matrix, from which that product itself is taken away again. Elements that are
     * not finite get a derivative of 0.
     */
    SDVariable gather(SDVariable x, SDVariable indices, int axis) {
        if (x.dataType() == DataType.BOOL) {
            return gather(known(x.castTo(DataType.INT32), shape(x)), indices, axis)
                    .castTo(DataType.BOOL);
        }
        Shape from = shape(x);
        Shape before = from.slice(0, axis);
        Shape after = from.slice(axis + 1, from.rank());
        Shape to = before.concat(shape(indices)).concat(after);
        if (to.size() == 0) {
            return full(x.dataType(), to, 0);
        }
        SDVariable safe = inRange(indices, from.extent(axis));
        SDVariable value = marked(target.gather(stopGradient(x), safe, axis), indices, safe, axis, to);
        return x.dataType().isFPType()
                ? value.add(nothing(target.reshape(
                        chosen(finite(x), indices, Shape.of(before.size(), from.extent(axis), after.size())),
                        to.toArray())))
                : value;
    }

    /** SameDiff reads outside of the table at an index that lies there, which only a run tells: the nearest that does not. */
    private SDVariable inRange(SDVariable indices, long size) {
        SDVariable first = full(indices.dataType(), shape(indices), 0);
        SDVariable last = full(indices.dataType(), shape(indices), (double) (size - 1));
        return known(target.math().max(target.math().min(indices, last), first), shape(indices));
    }

    /** Results of an index that was out of range are NaN, or the least int32. */
    private SDVariable marked(SDVariable value, SDVariable indices, SDVariable safe, int axis, Shape shape) {
        Shape within = shape(indices);
        for (int i = axis + within.rank(); i < shape.rank(); i++) {
            within = within.concat(Shape.of(1));
        }
        SDVariable right = target.reshape(indices.eq(safe).castTo(value.dataType()), within.toArray());
        SDVariable valid = broadcast(known(right, within), shape);
        return value.dataType().isFPType()
                ? value.mul(valid.div(valid))
                : value.mul(valid).add(valid.rsub(1).mul((double) Integer.MIN_VALUE));
    }

    /** Rows of matrices, by a product. */
    private SDVariable chosen(SDVariable x, SDVariable indices, Shape matrices) {
        long count = shape(indices).size();
        int rows = Math.toIntExact(matrices.extent(1));
        SDVariable oneHot = target.oneHot(target.reshape(indices, count), rows, 1, 1, 0, x.dataType());
        SDVariable flat = known(target.reshape(x, matrices.toArray()), matrices);
        return matmul(known(oneHot, Shape.of(count, rows)), flat);
    }

    /** NaN and infinities replaced by numbers. */
    private SDVariable finite(SDVariable x) {
        double most = x.dataType() == DataType.FLOAT ? Float.MAX_VALUE : Double.MAX_VALUE;
        SDVariable low = target.math().max(x, full(x.dataType(), shape(x), -most));
        return target.math().min(low, full(x.dataType(), shape(x), most));
    }

    /** Zeros with the derivative of x. */
    private SDVariable nothing(SDVariable x) {
        return x.sub(stopGradient(x));
    }

    /** SameDiff adds slices of the first axis only. */
    SDVariable scatterAdd(SDVariable x, SDVariable indices, int axis, long size) {
        int end = axis + shape(indices).rank();
        int rank = shape(x).rank();
        int[] leading = IntStream.concat(
                        IntStream.range(axis, end),
                        IntStream.concat(IntStream.range(0, axis), IntStream.range(end, rank)))
                .toArray();
        Shape rest = shape(x).slice(0, axis).concat(shape(x).slice(end, rank));
        SDVariable zeros = full(x.dataType(), Shape.of(size).concat(rest), 0);
        SDVariable sums = target.scatterAdd(zeros, indices, axis == 0 ? x : x.permute(leading));
        int[] back = IntStream.concat(
                        IntStream.rangeClosed(1, axis),
                        IntStream.concat(IntStream.of(0), IntStream.rangeClosed(axis + 1, rest.rank())))
                .toArray();
        return axis == 0 ? sums : sums.permute(back);
    }

    /** SameDiff's derivative of a running sum is that along the first axis, forwards. */
    SDVariable cumSum(SDVariable x, int axis, boolean exclusive, boolean reverse) {
        if (!x.dataType().isFPType()) {
            return integerCumSum(x, axis, exclusive, reverse);
        }
        int[] swap = IntStream.range(0, shape(x).rank()).toArray();
        swap[0] = axis;
        swap[axis] = 0;
        SDVariable first = axis == 0 ? x : x.permute(swap);
        SDVariable sums = reverse
                ? target.reverse(target.cumsum(target.reverse(first, 0), exclusive, false, 0), 0)
                : target.cumsum(first, exclusive, false, 0);
        return axis == 0 ? sums : sums.permute(swap);
    }

    /** SameDiff refuses running sums of integers. Here each element is added to the one after it, then to the second after it, ... */
    private SDVariable integerCumSum(SDVariable x, int axis, boolean exclusive, boolean reverse) {
        Shape shape = shape(x);
        if (shape.size() == 0) {
            return x;
        }
        if (reverse) {
            SDVariable reversed = known(target.reverse(x, axis), shape);
            return target.reverse(integerCumSum(reversed, axis, exclusive, false), axis);
        }
        SDVariable sums = exclusive ? shifted(x, axis, 1) : x;
        for (long distance = 1; distance < shape.extent(axis); distance *= 2) {
            sums = known(sums.add(shifted(sums, axis, distance)), shape);
        }
        return sums;
    }

    /** The elements moved up the axis, zeros before them. */
    private SDVariable shifted(SDVariable x, int axis, long distance) {
        Shape shape = shape(x);
        SDVariable kept = known(
                slice(x, axis, 0, shape.extent(axis) - distance, 1), shape.with(axis, shape.extent(axis) - distance));
        return known(pad(kept, axis, distance, 0, 0), shape);
    }

    /** SameDiff passes nothing back through integers, so the bits are read as one and read back. */
    SDVariable stopGradient(SDVariable x) {
        DataType type = x.dataType();
        return type.isFPType() ? bits(bits(x, type == DataType.FLOAT ? DataType.INT32 : DataType.INT64), type) : x;
    }

    private SDVariable bits(SDVariable x, DataType type) {
        BitCast op = new BitCast(target, x, target.constant(type.toInt()));
        op.addIArgument(type.toInt());
        return op.outputVariable();
    }
}
