package org.lamina.dl4j;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.nd4j.common.util.ArrayUtil;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.TransformOp;
import org.nd4j.linalg.api.ops.impl.reduce.same.Prod;
import org.nd4j.linalg.api.ops.impl.transforms.comparison.CompareAndReplace;
import org.nd4j.linalg.api.ops.impl.transforms.same.Sign;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Cosh;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Sinh;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.conditions.Conditions;

/** Ways round what ND4J lacks or gets wrong, in SPEC order. */
final class Dl4jDetours {
    private static final TransformOp SIGN = new Sign();
    private static final TransformOp SINH = new Sinh();
    private static final TransformOp COSH = new Cosh();
    private static final TransformOp NAN_OR_SECOND_FLOAT = nanOrSecond(DataType.FLOAT);
    private static final TransformOp NAN_OR_SECOND_DOUBLE = nanOrSecond(DataType.DOUBLE);

    private final Dl4jRun run;
    private final Dl4jLowering ops;

    Dl4jDetours(Dl4jRun run, Dl4jLowering ops) {
        this.run = run;
        this.ops = ops;
    }

    /** The second operand, but NaN where the first is NaN: the only number that is not at least minus infinity. */
    private static TransformOp nanOrSecond(DataType type) {
        INDArray unused = Dl4jArray.create(type);
        TransformOp op =
                new CompareAndReplace(unused, unused, unused, Conditions.greaterThanOrEqual(Double.NEGATIVE_INFINITY));
        // The op keeps its condition in the dtype it is first asked for.
        op.extraArgsDataBuff(type);
        return op;
    }

    private INDArray nanOrSecond(INDArray first, INDArray second) {
        TransformOp op = first.dataType() == DataType.FLOAT ? NAN_OR_SECOND_FLOAT : NAN_OR_SECOND_DOUBLE;
        return run.exec(op, run.create(first.dataType(), first.shape()), first, second);
    }

    /** ND4J's sign of NaN is 0. */
    INDArray sign(INDArray x) {
        return x.dataType().isFPType() ? run.tidy(() -> nanOrSecond(x, ops.map(SIGN, x))) : ops.map(SIGN, x);
    }

    /** ND4J computes e^x - 1 as it stands, so that nothing is left near 0. Here it is 2 sinh(x / 2) e^(x / 2). */
    INDArray expm1(INDArray x) {
        return run.tidy(() -> {
            // Further down sinh would be infinite, and the result has long been -1.
            INDArray half = ops.mul(clip(x, -60, Double.POSITIVE_INFINITY), run.scalar(x.dataType(), 0.5));
            return ops.mul(ops.mul(ops.map(SINH, half), ops.exp(half)), run.scalar(x.dataType(), 2));
        });
    }

    /** ND4J computes ln(1 + x) as it stands. Here (x - (u - 1)) / u brings back what rounding took from u = 1 + x. */
    INDArray log1p(INDArray x) {
        return run.tidy(() -> {
            INDArray one = run.scalar(x.dataType(), 1);
            // Outside nothing is taken that would show, and infinities would give NaN.
            INDArray inner = clip(x, -0.5, 0x1p60);
            INDArray sum = ops.add(inner, one);
            INDArray taken = ops.div(ops.sub(ops.sub(sum, one), inner), sum);
            return ops.sub(ops.log(ops.add(x, one)), taken);
        });
    }

    /** ND4J computes tanh from powers of e, so that nothing is left near 0. Here it is sinh(x) / cosh(x). */
    INDArray tanh(INDArray x) {
        return run.tidy(() -> {
            // Outside the result is 1 or -1, and further out the quotient would be that of infinities.
            INDArray inner = clip(x, -20, 20);
            return ops.div(ops.map(SINH, inner), ops.map(COSH, inner));
        });
    }

    private INDArray clip(INDArray x, double low, double high) {
        INDArray result = run.create(x.dataType(), x.shape());
        return run.exec("clipbyvalue", Dl4jArguments.reals(low, high), result, x);
    }

    /** ND4J's maximum and minimum are the second operand where the first is NaN. */
    INDArray extremum(String op, INDArray x, INDArray y) {
        if (!x.dataType().isFPType()) {
            return ops.zip(op, x.dataType(), x, y);
        }
        long[] shape = common(x.shape(), y.shape());
        return run.tidy(() -> {
            boolean swap = Arrays.equals(y.shape(), shape);
            INDArray first = swap ? y : broadcast(x, shape);
            return nanOrSecond(first, ops.zip(op, x.dataType(), first, swap ? x : y));
        });
    }

    /** max(x, 0) in one op, which keeps NaN. */
    INDArray relu(INDArray x) {
        return relu(x, run.create(x.dataType(), x.shape()));
    }

    /** Writes max(x, 0) into an array, which may be x. */
    INDArray relu(INDArray x, INDArray result) {
        return run.exec("relu", Dl4jArguments.reals(0), result, x);
    }

    /** The product of matrices, and a row added to it in its memory. */
    INDArray linear(INDArray x, INDArray w, INDArray bias) {
        INDArray product = matmul(x, w);
        return run.exec("biasadd", product, product, bias);
    }

    /** ND4J's select, element by element, takes thirty times as long as this: y ^ ((x ^ y) & mask) on their bits. */
    INDArray select(INDArray condition, INDArray x, INDArray y) {
        long[] shape = common(common(condition.shape(), x.shape()), y.shape());
        INDArray result = run.create(x.dataType(), shape);
        if (result.isEmpty()) {
            return result;
        }
        run.tidy(() -> x.dataType() == DataType.BOOL
                ? ops.zip("boolean_or", result, ops.and(condition, x), ops.and(ops.not(condition), y))
                : choose(run.bits(result), condition, run.bits(x), run.bits(y)));
        return result;
    }

    /** What is worked out on the way is written over: the mask, and then what x and y differ in. */
    private INDArray choose(INDArray result, INDArray condition, INDArray x, INDArray y) {
        INDArray mask = run.create(x.dataType(), condition.shape());
        run.exec(Dl4jLowering.ASSIGN, mask, condition);
        run.exec(Dl4jLowering.NEG, mask, mask);
        INDArray chosen = ops.zip("bitwise_xor", x.dataType(), x, y);
        boolean whole = Arrays.equals(chosen.shape(), result.shape());
        chosen = ops.zip("bitwise_and", whole ? chosen : run.create(x.dataType(), result.shape()), chosen, mask);
        return ops.zip("bitwise_xor", result, chosen, y);
    }

    /** ND4J's greatest and least elements pass over NaN, and its greatest integer starts above the least one. */
    INDArray extremum(String op, INDArray x, int[] axes, boolean keepDims) {
        if (x.dataType().isFPType()) {
            return run.tidy(
                    () -> nanOrSecond(magnitudes(x, axes, keepDims), ops.reduce(op, x, axes, keepDims, Double.NaN)));
        }
        return op.equals("reduce_max")
                ? run.tidy(() -> complement(ops.reduce("reduce_min", complement(x), axes, keepDims, Double.NaN)))
                : ops.reduce(op, x, axes, keepDims, Double.NaN);
    }

    /** -1 - x, which is defined for every integer, as -x is not, and turns the order round. */
    private INDArray complement(INDArray x) {
        return ops.zip("subtract", x.dataType(), full(x.dataType(), -1), x);
    }

    /** The sums of magnitudes, NaN only where one of them is. */
    private INDArray magnitudes(INDArray x, int[] axes, boolean keepDims) {
        return ops.reduce("reduce_norm1", x, axes, keepDims, 0);
    }

    /** ND4J's newer product refuses integers; its older one gives x itself if all the axes have size 1. */
    INDArray integerProd(INDArray x, int[] axes, boolean keepDims) {
        long[] shape = reduced(x.shape(), axes, keepDims);
        if (x.isEmpty()) {
            return full(x.dataType(), 1, shape);
        }
        INDArray result = run.create(x.dataType(), shape);
        if (result.length() == x.length()) {
            run.exec(Dl4jLowering.ASSIGN, Dl4jArray.reshaped(result, x.shape()), x);
            return result;
        }
        run.notRepeatable();
        Prod op = new Prod(x, result, keepDims, axes);
        Nd4j.getExecutioner().exec(op);
        op.dimensions().close();
        return result;
    }

    /** ND4J's argmax passes over NaN. */
    INDArray argMax(INDArray x, int axis) {
        return hasNaN(x) ? run.tidy(() -> firstNaNOrArgMax(x, axis)) : plainArgMax(x, axis);
    }

    private boolean hasNaN(INDArray x) {
        if (x.isEmpty() || !x.dataType().isFPType()) {
            return false;
        }
        run.notRepeatable();
        INDArray sum = magnitudes(x, IntStream.range(0, x.rank()).toArray(), false);
        boolean found = Double.isNaN(sum.getDouble(0));
        run.release(sum);
        return found;
    }

    private INDArray firstNaNOrArgMax(INDArray x, int axis) {
        INDArray missing = ops.cast(ops.not(ops.equal(x, x)), DType.FLOAT32);
        INDArray sums = magnitudes(x, new int[] {axis}, false);
        return select(ops.equal(sums, sums), plainArgMax(x, axis), plainArgMax(missing, axis));
    }

    private INDArray plainArgMax(INDArray x, int axis) {
        INDArray result = run.create(DataType.INT64, reduced(x.shape(), new int[] {axis}, false));
        return run.exec("argmax", Dl4jArguments.integers(axis), result, x);
    }

    /** ND4J multiplies equal batches only, and no empty matrices. */
    INDArray matmul(INDArray x, INDArray y) {
        long[] batch = common(Arrays.copyOf(x.shape(), x.rank() - 2), Arrays.copyOf(y.shape(), y.rank() - 2));
        long[] shape = joined(batch, new long[] {x.size(-2), y.size(-1)});
        if (x.isEmpty() || y.isEmpty()) {
            return full(x.dataType(), 0, shape);
        }
        INDArray result = run.create(x.dataType(), shape);
        run.tidy(() -> y.rank() == 2
                ? product(matrices(result, 2), matrices(x, 2), y)
                : product(matrices(result, 3), batched(x, batch), batched(y, batch)));
        return result;
    }

    private INDArray product(INDArray result, INDArray x, INDArray y) {
        return run.exec(Dl4jOp.PRODUCT, result, x, y);
    }

    private INDArray batched(INDArray x, long... batch) {
        return matrices(broadcast(x, joined(batch, new long[] {x.size(-2), x.size(-1)})), 3);
    }

    /** The leading axes joined until there are as few as the rank. */
    private INDArray matrices(INDArray x, int rank) {
        if (x.rank() == rank) {
            return x;
        }
        long[] last = Arrays.copyOfRange(x.shape(), x.rank() - rank + 1, x.rank());
        return Dl4jArray.reshaped(whole(x), joined(new long[] {x.length() / product(last)}, last));
    }

    /** ND4J's tile takes operands of the result's rank only. */
    INDArray broadcast(INDArray x, long... shape) {
        if (Arrays.equals(x.shape(), shape)) {
            return x;
        }
        INDArray result = run.create(x.dataType(), shape);
        return run.exec("assign", result, result, x);
    }

    INDArray full(DataType type, double value, long... shape) {
        return run.tidy(() -> broadcast(run.scalar(type, value), shape));
    }

    /** ND4J's concat takes no empty arrays beside others. */
    INDArray concat(List<INDArray> tensors, int axis) {
        INDArray first = tensors.get(0);
        INDArray[] filled = tensors.stream().filter(tensor -> !tensor.isEmpty()).toArray(INDArray[]::new);
        if (filled.length == 1) {
            return filled[0];
        }
        long size = tensors.stream().mapToLong(tensor -> tensor.size(axis)).sum();
        INDArray result = run.create(first.dataType(), with(first.shape(), axis, size));
        return run.exec("concat", Dl4jArguments.integers(axis), result, filled);
    }

    /** A negative step, with which ND4J aborts the JVM, is made by reversing. */
    INDArray slice(INDArray x, int axis, long start, long length, long step) {
        return step < 0 && length > 0
                ? reversed(slice(x, axis, start + (length - 1) * step, length, -step), axis)
                : Dl4jArray.view(
                        x,
                        with(x.shape(), axis, length),
                        with(x.stride(), axis, x.stride(axis) * step),
                        x.offset() + start * x.stride(axis));
    }

    private INDArray reversed(INDArray x, int axis) {
        INDArray result = run.create(x.dataType(), x.shape());
        return run.exec("reverse", Dl4jArguments.integers(axis), result, x);
    }

    /** ND4J's pad takes its widths as an array in native memory. */
    INDArray pad(INDArray x, int axis, long before, long after, double value) {
        INDArray result = full(x.dataType(), value, with(x.shape(), axis, before + x.size(axis) + after));
        if (!x.isEmpty()) {
            run.exec(Dl4jLowering.ASSIGN, slice(result, axis, before, x.size(axis), 1), x);
        }
        return result;
    }

    /** ND4J's gather reads beside the array at negative indices, and takes no bool. */
    INDArray gather(INDArray x, INDArray indices, int axis) {
        if (x.dataType() == DataType.BOOL) {
            return run.tidy(() -> ops.cast(gather(ops.cast(x, DType.INT32), indices, axis), DType.BOOL));
        }
        long[] front = Arrays.copyOf(x.shape(), axis);
        long[] back = Arrays.copyOfRange(x.shape(), axis + 1, x.rank());
        INDArray result = run.create(x.dataType(), joined(front, indices.shape(), back));
        if (!result.isEmpty()) {
            INDArray slices = Dl4jArray.reshaped(result, with(x.shape(), axis, indices.length()));
            run.tidy(() ->
                    run.exec("gather", Dl4jArguments.integers(axis), slices, x, line("gather", indices, x.size(axis))));
        }
        return result;
    }

    /** ND4J adds slices of the first axis only, and loses some where indices are equal unless it is told to lock. */
    INDArray scatterAdd(INDArray x, INDArray indices, int axis, long size) {
        long[] front = Arrays.copyOf(x.shape(), axis);
        long[] back = Arrays.copyOfRange(x.shape(), axis + indices.rank(), x.rank());
        INDArray result = full(x.dataType(), 0, joined(front, new long[] {size}, back));
        if (!x.isEmpty() && !result.isEmpty()) {
            long[] sizes = {product(front), indices.length(), product(back)};
            INDArray target = Dl4jArray.reshaped(result, with(sizes, 1, size));
            run.tidy(() -> scatterAdd(target, line("scatterAdd", indices, size), Dl4jArray.reshaped(whole(x), sizes)));
        }
        return result;
    }

    private INDArray scatterAdd(INDArray zeros, INDArray indices, INDArray slices) {
        int[] swap = {1, 0, 2};
        INDArray turned = ops.transpose(zeros, swap);
        INDArray sums = whole(turned);
        INDArray first = whole(ops.transpose(slices, swap));
        run.exec("scatter_add", Dl4jArguments.flag(true), sums, sums, indices, first);
        return sums == turned ? sums : run.exec(Dl4jLowering.ASSIGN, turned, sums);
    }

    /** Indices in one axis, all of them in range. */
    private INDArray line(String op, INDArray indices, long size) {
        INDArray line = Dl4jArray.reshaped(whole(indices), indices.length());
        run.check(() -> requireInRange(op, line, size));
        return line;
    }

    private static void requireInRange(String op, INDArray line, long size) {
        ByteBuffer bytes = Dl4jArray.bytes(line);
        boolean narrow = line.dataType() == DataType.INT32;
        for (int i = 0, n = Math.toIntExact(line.length()); i < n; i++) {
            long index = narrow ? bytes.getInt(4 * i) : bytes.getLong(8 * i);
            if (index < 0 || index >= size) {
                throw new LaminaException(
                        ErrorCode.RANGE,
                        op + ": an index is " + index + ", outside the axis of size " + size
                                + ". Nothing was computed. Give indices from 0 to " + (size - 1) + ".");
            }
        }
    }

    private INDArray whole(INDArray x) {
        return Dl4jArray.isContiguous(x) ? x : run.copy(x);
    }

    INDArray cumSum(INDArray x, int axis, boolean exclusive, boolean reverse) {
        INDArray result = run.create(x.dataType(), x.shape());
        return run.exec("cumsum", Dl4jArguments.integers(exclusive ? 1 : 0, reverse ? 1 : 0, axis), result, x);
    }

    /** ND4J refuses running sums of integers. Here each element is added to the one after it, then to the second after it, ... */
    INDArray integerCumSum(INDArray x, int axis, boolean exclusive, boolean reverse) {
        return run.tidy(() -> {
            if (reverse) {
                return reversed(integerCumSum(reversed(x, axis), axis, exclusive, false), axis);
            }
            long size = x.size(axis);
            INDArray sums = exclusive && size > 0 ? shifted(x, axis, 1) : run.copy(x);
            for (long distance = 1; distance < size; distance *= 2) {
                sums = ops.add(sums, shifted(sums, axis, distance));
            }
            return sums;
        });
    }

    /** The elements moved up the axis, zeros before them. */
    private INDArray shifted(INDArray x, int axis, long distance) {
        return pad(slice(x, axis, 0, x.size(axis) - distance, 1), axis, distance, 0, 0);
    }

    /** The shape of a reduction's result. */
    static long[] reduced(long[] shape, int[] axes, boolean keepDims) {
        return IntStream.range(0, shape.length)
                .filter(axis -> keepDims || Arrays.stream(axes).noneMatch(gone -> gone == axis))
                .mapToLong(axis -> Arrays.stream(axes).anyMatch(gone -> gone == axis) ? 1 : shape[axis])
                .toArray();
    }

    /** The shape that two shapes broadcast to. */
    static long[] common(long[] a, long[] b) {
        if (Arrays.equals(a, b)) {
            return a;
        }
        int rank = Math.max(a.length, b.length);
        long[] sizes = new long[rank];
        for (int axis = 0; axis < rank; axis++) {
            int i = axis - rank + a.length;
            int j = axis - rank + b.length;
            sizes[axis] = i < 0 || (j >= 0 && a[i] == 1) ? b[j] : a[i];
        }
        return sizes;
    }

    private static long[] joined(long[]... parts) {
        return ArrayUtil.combine(parts);
    }

    private static long[] with(long[] sizes, int axis, long size) {
        long[] copy = sizes.clone();
        copy[axis] = size;
        return copy;
    }

    private static long product(long... sizes) {
        return Arrays.stream(sizes).reduce(1, (a, b) -> a * b);
    }
}
