package org.lamina.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.lamina.Shape;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.impl.reduce.longer.MatchCondition;
import org.nd4j.linalg.api.ops.impl.transforms.same.Sign;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.indexing.conditions.Conditions;

/** Ways round what ND4J lacks or gets wrong. */
final class Dl4jDetours {
    private static final ReentrantLock PRODUCTS = new ReentrantLock();

    private final Dl4jLowering ops;

    Dl4jDetours(Dl4jLowering ops) {
        this.ops = ops;
    }

    private static boolean hasNaN(INDArray x) {
        return x.dataType().isFPType()
                && !x.isEmpty()
                && Nd4j.exec(new MatchCondition(x, Conditions.isNan())).getLong(0) > 0;
    }

    /** ND4J's sign of NaN is 0. */
    INDArray sign(INDArray x) {
        if (x.isEmpty()) {
            return x;
        }
        INDArray sign = Nd4j.exec(new Sign(x, ops.own(Nd4j.createUninitialized(x.dataType(), x.shape(), 'c'))));
        return hasNaN(x) ? select(ops.equal(x, x), sign, x) : sign;
    }

    /** ND4J's maximum and minimum give NaN for one in the second operand only, and the other operand for one in the first. */
    INDArray extremum(String op, INDArray x, INDArray y) {
        if (!hasNaN(x)) {
            return ops.exec(op, x, y);
        }
        INDArray forward = ops.exec(op, x, y);
        INDArray backward = ops.exec(op, y, x);
        return select(ops.equal(forward, backward), forward, ops.add(forward, backward));
    }

    /** ND4J's select takes operands of one shape only. */
    INDArray select(INDArray condition, INDArray x, INDArray y) {
        long[] shape = common(common(condition.shape(), x.shape()), y.shape());
        if (Arrays.stream(shape).anyMatch(size -> size == 0)) {
            return ops.empty(x.dataType(), shape);
        }
        return ops.exec(
                "select", whole(broadcast(condition, shape)), whole(broadcast(x, shape)), whole(broadcast(y, shape)));
    }

    private INDArray whole(INDArray x) {
        return x.isView() || x.ordering() != 'c' ? ops.own(x.dup('c')) : x;
    }

    private static long[] common(long[] a, long[] b) {
        int rank = Math.max(a.length, b.length);
        long[] sizes = new long[rank];
        for (int axis = 0; axis < rank; axis++) {
            int i = axis - rank + a.length;
            int j = axis - rank + b.length;
            long m = i < 0 ? 1 : a[i];
            long n = j < 0 ? 1 : b[j];
            sizes[axis] = m == 1 ? n : m;
        }
        return sizes;
    }

    /** ND4J's greatest and least elements pass over NaN. */
    INDArray withNaN(INDArray x, INDArray extremum, int[] axes, boolean keepDims) {
        if (!hasNaN(x)) {
            return extremum;
        }
        INDArray missing = ops.own(ops.not(ops.equal(x, x)).castTo(x.dataType()));
        INDArray any = ops.sum(missing, axes, keepDims);
        INDArray zero = ops.own(Nd4j.scalar(x.dataType(), 0));
        INDArray nan = ops.own(Nd4j.scalar(x.dataType(), Double.NaN));
        return select(ops.equal(any, zero), extremum, nan);
    }

    /** ND4J refuses products of integers, so they are multiplied slice by slice. */
    INDArray integerProd(INDArray x, int[] axes, boolean keepDims) {
        long[] kept = shape(x);
        INDArray product = x;
        for (int axis : axes) {
            long size = kept[axis];
            kept[axis] = 1;
            INDArray next = ops.own(Nd4j.ones(x.dataType(), kept));
            for (long i = 0; i < size && !next.isEmpty(); i++) {
                next = ops.mul(next, slice(product, axis, i, 1, 1));
            }
            product = next;
        }
        long[] shape = keepDims
                ? kept
                : IntStream.range(0, kept.length)
                        .filter(axis -> Arrays.stream(axes).noneMatch(a -> a == axis))
                        .mapToLong(axis -> kept[axis])
                        .toArray();
        return ops.reshape(product, Shape.of(shape));
    }

    /** ND4J's argmax passes over NaN. */
    INDArray argMax(INDArray x, int axis) {
        INDArray greatest = argMaxOf(x, axis);
        if (!hasNaN(x)) {
            return greatest;
        }
        INDArray missing = ops.own(ops.not(ops.equal(x, x)).castTo(x.dataType()));
        INDArray any = ops.sum(missing, new int[] {axis}, false);
        return select(ops.equal(any, ops.own(Nd4j.scalar(x.dataType(), 0))), greatest, argMaxOf(missing, axis));
    }

    private INDArray argMaxOf(INDArray x, int axis) {
        return ops.exec(DynamicCustomOp.builder("argmax")
                .addInputs(x)
                .addIntegerArguments(axis)
                .addBooleanArguments(false));
    }

    /**
     * ND4J's matrix products, called by several threads at once, now and then never return: the threads of OpenBLAS and of OpenMP
     * wait for each other. One product at a time uses all cores anyway.
     */
    INDArray matmul(INDArray x, INDArray y) {
        PRODUCTS.lock();
        try {
            return product(x, y);
        } finally {
            PRODUCTS.unlock();
        }
    }

    /** ND4J multiplies equal batches only, and no empty matrices. */
    private INDArray product(INDArray x, INDArray y) {
        int m = x.rank();
        int n = y.rank();
        long[] batch = common(Arrays.copyOf(x.shape(), m - 2), Arrays.copyOf(y.shape(), n - 2));
        long[] shape = Arrays.copyOf(batch, batch.length + 2);
        shape[batch.length] = x.size(m - 2);
        shape[batch.length + 1] = y.size(n - 1);
        if (x.isEmpty() || y.isEmpty()) {
            return ops.own(Nd4j.create(x.dataType(), shape));
        }
        if (n == 2) {
            INDArray rows = m == 2 ? x : ops.own(x.reshape('c', false, -1, x.size(m - 1)));
            return m == 2
                    ? gemm(rows, y, shape)
                    : ops.own(gemm(rows, y, rows.size(0), y.size(1)).reshape('c', false, shape));
        }
        INDArray left = matrices(x, batch);
        INDArray right = matrices(y, batch);
        return ops.reshape(ops.exec("matmul", left, right), Shape.of(shape));
    }

    private INDArray gemm(INDArray x, INDArray y, long... shape) {
        return x.mmuli(y, ops.own(Nd4j.createUninitialized(x.dataType(), shape, 'c')));
    }

    /** The matrices of a batch in one axis before the last two. */
    private INDArray matrices(INDArray x, long[] batch) {
        long[] full = Arrays.copyOf(batch, batch.length + 2);
        full[batch.length] = x.size(x.rank() - 2);
        full[batch.length + 1] = x.size(x.rank() - 1);
        long count = Arrays.stream(batch).reduce(1, (a, b) -> a * b);
        return ops.own(
                whole(broadcast(x, full)).reshape('c', false, count, full[batch.length], full[batch.length + 1]));
    }

    INDArray broadcast(INDArray x, long[] shape) {
        if (Arrays.equals(x.shape(), shape)) {
            return x;
        }
        if (Arrays.stream(shape).anyMatch(size -> size == 0)) {
            return ops.empty(x.dataType(), shape);
        }
        return x.dataType() == DataType.BOOL
                ? ops.own(broadcast(ops.own(x.castTo(DataType.INT32)), shape).castTo(DataType.BOOL))
                : ops.add(x, ops.own(Nd4j.zeros(x.dataType(), shape)));
    }

    /** ND4J's concat takes no empty arrays beside others. */
    INDArray concat(List<INDArray> tensors, int axis) {
        List<INDArray> filled = new ArrayList<>(
                tensors.stream().filter(tensor -> !tensor.isEmpty()).toList());
        if (filled.isEmpty()) {
            long[] shape = shape(tensors.get(0));
            shape[axis] =
                    tensors.stream().mapToLong(tensor -> tensor.size(axis)).sum();
            return ops.empty(tensors.get(0).dataType(), shape);
        }
        return filled.size() == 1
                ? filled.get(0)
                : ops.exec("concat", new int[] {axis}, filled.toArray(INDArray[]::new));
    }

    /** A strided view; a negative step, which aborts the JVM in ND4J, by reversing first. */
    INDArray slice(INDArray x, int axis, long start, long length, long step) {
        long[] shape = shape(x);
        shape[axis] = length;
        if (x.isEmpty() || length == 0) {
            return ops.empty(x.dataType(), shape);
        }
        if (step < 0) {
            return reversed(slice(x, axis, start + (length - 1) * step, length, -step), axis);
        }
        INDArrayIndex[] indices = new INDArrayIndex[x.rank()];
        Arrays.fill(indices, NDArrayIndex.all());
        indices[axis] = NDArrayIndex.interval(start, step, start + (length - 1) * step + 1);
        return ops.own(x.get(indices).reshape('c', false, shape));
    }

    private INDArray reversed(INDArray x, int axis) {
        return x.dataType() == DataType.BOOL
                ? ops.own(ops.exec("reverse", new int[] {axis}, ops.own(x.castTo(DataType.INT32)))
                        .castTo(DataType.BOOL))
                : ops.exec("reverse", new int[] {axis}, x);
    }

    INDArray pad(INDArray x, int axis, long before, long after, double value) {
        long[] shape = shape(x);
        List<INDArray> parts = new ArrayList<>();
        shape[axis] = before;
        parts.add(full(x.dataType(), shape, value));
        parts.add(x);
        shape[axis] = after;
        parts.add(full(x.dataType(), shape, value));
        return concat(parts, axis);
    }

    private INDArray full(DataType type, long[] shape, double value) {
        boolean empty = Arrays.stream(shape).anyMatch(size -> size == 0);
        return empty ? ops.empty(type, shape.clone()) : ops.own(Nd4j.valueArrayOf(shape.clone(), value, type));
    }

    INDArray gather(INDArray x, INDArray indices, int axis) {
        long[] shape = new long[x.rank() - 1 + indices.rank()];
        System.arraycopy(x.shape(), 0, shape, 0, axis);
        System.arraycopy(indices.shape(), 0, shape, axis, indices.rank());
        System.arraycopy(x.shape(), axis + 1, shape, axis + indices.rank(), x.rank() - axis - 1);
        if (Arrays.stream(shape).anyMatch(size -> size == 0)) {
            return ops.empty(x.dataType(), shape);
        }
        INDArray flat = ops.own(indices.reshape('c', false, indices.length()));
        return ops.own(ops.exec("gather", new int[] {axis}, x, flat).reshape('c', false, shape));
    }

    INDArray scatterAdd(INDArray x, INDArray indices, int axis, long size) {
        int rank = x.rank() - indices.rank() + 1;
        long[] shape = new long[rank];
        System.arraycopy(x.shape(), 0, shape, 0, axis);
        shape[axis] = size;
        System.arraycopy(x.shape(), axis + indices.rank(), shape, axis + 1, rank - axis - 1);
        INDArray sums = ops.own(Nd4j.create(x.dataType(), shape));
        if (x.isEmpty() || sums.isEmpty()) {
            return sums;
        }
        long[] slices = shape.clone();
        slices[axis] = indices.length();
        int[] front = IntStream.range(0, rank)
                .map(i -> i == 0 ? axis : i <= axis ? i - 1 : i)
                .toArray();
        INDArray flat = whole(ops.own(x.reshape('c', false, slices).permute(front)));
        INDArray moved = ops.own(sums.permute(front).dup('c'));
        INDArray added = ops.exec("scatter_add", moved, ops.own(indices.reshape('c', false, indices.length())), flat);
        return ops.own(added.permute(IntStream.range(0, rank)
                        .map(i -> i < axis ? i + 1 : i == axis ? 0 : i)
                        .toArray())
                .dup('c'));
    }

    /** ND4J refuses running sums of integers, so they are added slice by slice. */
    INDArray cumSum(INDArray x, int axis, boolean exclusive, boolean reverse) {
        if (x.isEmpty()) {
            return x;
        }
        if (x.dataType().isFPType()) {
            return ops.exec("cumsum", new int[] {exclusive ? 1 : 0, reverse ? 1 : 0, axis}, x);
        }
        long size = x.size(axis);
        long[] shape = shape(x);
        shape[axis] = 1;
        INDArray sum = ops.own(Nd4j.zeros(x.dataType(), shape));
        INDArray[] sums = new INDArray[Math.toIntExact(size)];
        for (int i = 0; i < size; i++) {
            int at = reverse ? (int) size - 1 - i : i;
            INDArray next = ops.add(sum, slice(x, axis, at, 1, 1));
            sums[at] = exclusive ? sum : next;
            sum = next;
        }
        return concat(List.of(sums), axis);
    }

    /** The sizes to be changed: a copy, as ND4J gives the array's own. */
    private static long[] shape(INDArray x) {
        return x.shape().clone();
    }
}
