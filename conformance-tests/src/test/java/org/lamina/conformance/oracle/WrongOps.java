package org.lamina.conformance.oracle;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.ArgMax;
import org.lamina.graph.Cast;
import org.lamina.graph.Concat;
import org.lamina.graph.CumSum;
import org.lamina.graph.Gather;
import org.lamina.graph.Lowering;
import org.lamina.graph.Op;
import org.lamina.graph.Pad;
import org.lamina.graph.Reduction;
import org.lamina.graph.ScatterAdd;
import org.lamina.graph.Slice;
import org.lamina.graph.Transpose;

/** Mistakes in primitives, most of them seen in a framework or an adapter. */
public final class WrongOps {
    private final List<WrongOp> list = new ArrayList<>();

    private WrongOps() {}

    /** All mistakes. */
    public static List<WrongOp> all() {
        WrongOps wrong = new WrongOps();
        wrong.addProducts();
        wrong.addFunctions();
        wrong.addElementwise();
        wrong.addReductions();
        wrong.addStructure();
        wrong.addIndexing();
        return List.copyOf(wrong.list);
    }

    private void add(String name, String kind, WrongOp.Kernel kernel) {
        list.add(new WrongOp(name, kind, kernel));
    }

    private void addProducts() {
        add(
                "a square weight is transposed",
                "matmul",
                (right, op, type, x) -> right.matmul(x.get(0), turned(right, x.get(1))));
        add(
                "a product of float32 is made in TF32",
                "matmul",
                (right, op, type, x) -> x.get(0).dtype() == DType.FLOAT32
                        ? right.matmul(map(x.get(0), WrongOps::tenBits), map(x.get(1), WrongOps::tenBits))
                        : right.matmul(x.get(0), x.get(1)));
        add(
                "a product of float64 is made in float32",
                "matmul",
                (right, op, type, x) -> map(
                        right.matmul(map(x.get(0), v -> (float) v), map(x.get(1), v -> (float) v)), v -> (float) v));
        add(
                "a product loses infinities and NaN",
                "matmul",
                (right, op, type, x) -> right.matmul(map(x.get(0), WrongOps::finite), map(x.get(1), WrongOps::finite)));
        SplittableRandom random = new SplittableRandom(1);
        add(
                "a product differs in its last bits from call to call",
                "matmul",
                (right, op, type, x) -> map(right.matmul(x.get(0), x.get(1)), v -> moved(v, type.dtype(), random)));
    }

    private void addFunctions() {
        add(
                "tanh stands for erf",
                "erf",
                (right, op, type, x) -> map(x.get(0), v -> Math.tanh(1.12837917 * v + 0.10091 * v * v * v)));
        add(
                "exp is clamped to the largest finite number",
                "exp",
                (right, op, type, x) -> right.min(right.exp(x.get(0)), scalar(right, x.get(0), largest(x.get(0)))));
        add(
                "expm1 is exp less 1",
                "expm1",
                (right, op, type, x) -> right.sub(right.exp(x.get(0)), scalar(right, x.get(0), 1)));
        add(
                "log1p is log of 1 + x",
                "log1p",
                (right, op, type, x) -> right.log(right.add(x.get(0), scalar(right, x.get(0), 1))));
        add(
                "sqrt is x times a reciprocal root",
                "sqrt",
                (right, op, type, x) ->
                        right.mul(x.get(0), right.div(scalar(right, x.get(0), 1), right.sqrt(x.get(0)))));
        add(
                "sigmoid loses its tail",
                "sigmoid",
                (right, op, type, x) -> right.sub(scalar(right, x.get(0), 1), right.sigmoid(right.neg(x.get(0)))));
        add(
                "tanh is a quotient that overflows",
                "tanh",
                (right, op, type, x) -> map(x.get(0), v -> (Math.exp(2 * v) - 1) / (Math.exp(2 * v) + 1)));
        add(
                "pow goes through the logarithm",
                "pow",
                (right, op, type, x) -> right.exp(right.mul(x.get(1), right.log(x.get(0)))));
        add(
                "floor truncates",
                "floor",
                (right, op, type, x) -> map(x.get(0), v -> v < 0 ? Math.ceil(v) : Math.floor(v)));
        add(
                "sign of NaN is 0",
                "sign",
                (right, op, type, x) -> map(right.sign(x.get(0)), v -> Double.isNaN(v) ? 0 : v));
        add("neg is 0 less x", "neg", (right, op, type, x) -> right.sub(scalar(right, x.get(0), 0), x.get(0)));
    }

    private void addElementwise() {
        add(
                "a bias is dropped",
                "add",
                (right, op, type, x) -> isBias(x.get(0), x.get(1)) ? x.get(0) : right.add(x.get(0), x.get(1)));
        add(
                "int64 passes through float64",
                "add",
                (right, op, type, x) -> x.get(0).dtype() == DType.INT64
                        ? right.cast(
                                right.add(right.cast(x.get(0), DType.FLOAT64), right.cast(x.get(1), DType.FLOAT64)),
                                DType.INT64)
                        : right.add(x.get(0), x.get(1)));
        add("max swallows NaN", "max", (right, op, type, x) -> {
            OracleTensor known = right.select(right.equal(x.get(1), x.get(1)), right.max(x.get(0), x.get(1)), x.get(0));
            return right.select(right.equal(x.get(0), x.get(0)), known, x.get(1));
        });
        add(
                "zeros of different sign are not equal",
                "equal",
                (right, op, type, x) -> x.get(0).isFloating()
                        ? right.and(
                                right.equal(x.get(0), x.get(1)),
                                right.equal(inverse(right, x.get(0)), inverse(right, x.get(1))))
                        : right.equal(x.get(0), x.get(1)));
        add(
                "less is not greater or equal",
                "less",
                (right, op, type, x) -> right.not(right.lessEqual(x.get(1), x.get(0))));
        add("select multiplies by a mask", "select", (right, op, type, x) -> {
            if (!x.get(1).isFloating()) {
                return right.select(x.get(0), x.get(1), x.get(2));
            }
            OracleTensor mask = right.cast(x.get(0), x.get(1).dtype());
            OracleTensor rest = right.sub(scalar(right, mask, 1), mask);
            return right.add(right.mul(mask, x.get(1)), right.mul(rest, x.get(2)));
        });
    }

    private void addReductions() {
        add("the mean divides by n - 1, as a corrected variance does", "mean", (right, op, type, x) -> {
            OracleTensor count = right.count(x.get(0), axes(op), x.get(0).dtype());
            OracleTensor less = right.max(right.sub(count, scalar(right, count, 1)), scalar(right, count, 1));
            return right.div(right.sum(x.get(0), axes(op), kept(op)), less);
        });
        add("the mean is over one of its axes", "mean", (right, op, type, x) -> {
            int[] axes = axes(op);
            if (axes.length < 2) {
                return right.mean(x.get(0), axes, kept(op));
            }
            OracleTensor mean = right.mean(x.get(0), new int[] {axes[0]}, true);
            return right.reduceMax(mean, axes, kept(op));
        });
        add("a sum forgets the last element", "sum", (right, op, type, x) -> {
            int[] axes = axes(op);
            long size = axes.length == 0 ? 0 : x.get(0).shape().extent(axes[0]);
            return right.sum(size > 1 ? right.slice(x.get(0), axes[0], 0, size - 1, 1) : x.get(0), axes, kept(op));
        });
        add("reduce_max starts at the least finite number", "reduce_max", (right, op, type, x) -> {
            OracleTensor max = right.reduceMax(x.get(0), axes(op), kept(op));
            return max.isFloating() ? right.max(max, scalar(right, max, -largest(max))) : max;
        });
        add(
                "prod is exp of a sum of logarithms",
                "prod",
                (right, op, type, x) -> x.get(0).isFloating()
                        ? right.exp(right.sum(right.log(x.get(0)), axes(op), kept(op)))
                        : right.prod(x.get(0), axes(op), kept(op)));
        add("argmax takes the last of equal elements", "argmax", (right, op, type, x) -> {
            int axis = ((ArgMax) op).axis();
            long size = x.get(0).shape().extent(axis);
            OracleTensor last = right.argMax(right.slice(x.get(0), axis, size - 1, size, -1), axis);
            return right.sub(scalar(right, last, (double) (size - 1)), last);
        });
        add("cumsum is never exclusive", "cumsum", (right, op, type, x) -> {
            CumSum sum = (CumSum) op;
            return right.cumSum(x.get(0), sum.axis(), false, sum.reverse());
        });
        add("cumsum is never reverse", "cumsum", (right, op, type, x) -> {
            CumSum sum = (CumSum) op;
            return right.cumSum(x.get(0), sum.axis(), sum.exclusive(), false);
        });
    }

    private void addStructure() {
        add("axes are swapped the other way round", "transpose", (right, op, type, x) -> {
            List<Integer> permutation = ((Transpose) op).permutation();
            int[] inverse = IntStream.range(0, permutation.size())
                    .map(permutation::indexOf)
                    .toArray();
            OracleTensor wrong = right.transpose(x.get(0), inverse);
            int[] given = permutation.stream().mapToInt(i -> i).toArray();
            return right.reshape(wrong, right.transpose(x.get(0), given).shape());
        });
        add("reshape counts the first axis fastest", "reshape", (right, op, type, x) -> {
            int[] backwards = backwards(type.shape().rank());
            OracleTensor flat =
                    right.transpose(x.get(0), backwards(x.get(0).shape().rank()));
            Shape turned = right.transpose(right.reshape(x.get(0), type.shape()), backwards)
                    .shape();
            return right.transpose(right.reshape(flat, turned), backwards);
        });
        add("broadcast adds zeros", "broadcast", (right, op, type, x) -> {
            OracleTensor wide = right.broadcast(x.get(0), type.shape());
            return wide.isFloating() ? right.add(wide, scalar(right, wide, 0)) : wide;
        });
        add("concat joins in the opposite order", "concat", (right, op, type, x) -> {
            List<OracleTensor> reversed = new ArrayList<>(x);
            Collections.reverse(reversed);
            return right.concat(reversed, ((Concat) op).axis());
        });
        add("a slice is off by one", "slice", (right, op, type, x) -> {
            Slice slice = (Slice) op;
            long last = slice.start() + 1 + (slice.length() - 1) * slice.step();
            long size = x.get(0).shape().extent(slice.axis());
            long start = slice.start() + (slice.length() > 0 && slice.start() + 1 < size && last < size ? 1 : 0);
            return right.slice(x.get(0), slice.axis(), start, slice.length(), slice.step());
        });
        add("pad always pads with 0", "pad", (right, op, type, x) -> {
            Pad pad = (Pad) op;
            return right.pad(x.get(0), pad.axis(), pad.before(), pad.after(), 0);
        });
        add("cast rounds to the nearest integer", "cast", (right, op, type, x) -> {
            DType dtype = ((Cast) op).dtype();
            boolean rounds = x.get(0).isFloating() && (dtype == DType.INT32 || dtype == DType.INT64);
            return right.cast(rounds ? map(x.get(0), Math::rint) : x.get(0), dtype);
        });
    }

    private void addIndexing() {
        add("indices count from 1", "gather", (right, op, type, x) -> {
            OracleTensor one = scalar(right, x.get(1), 1);
            OracleTensor before = right.sub(right.max(x.get(1), one), one);
            return right.gather(x.get(0), before, ((Gather) op).axis());
        });
        add("scatter_add averages equal indices", "scatter_add", (right, op, type, x) -> {
            ScatterAdd scatter = (ScatterAdd) op;
            OracleTensor sum = right.scatterAdd(x.get(0), x.get(1), scatter.axis(), scatter.size());
            if (!sum.isFloating()) {
                return sum;
            }
            OracleTensor ones = OracleTensor.of(HostArray.full(x.get(0).type(), 1));
            OracleTensor count = right.scatterAdd(ones, x.get(1), scatter.axis(), scatter.size());
            return right.div(sum, right.max(count, scalar(right, count, 1)));
        });
    }

    private static OracleTensor map(OracleTensor x, DoubleUnaryOperator function) {
        return x.isFloating() ? OracleTensor.ofReals(x.type(), i -> function.applyAsDouble(x.real(i))) : x;
    }

    private static OracleTensor scalar(Lowering<OracleTensor> right, OracleTensor like, double value) {
        return right.constant(HostArray.full(new TensorType(like.dtype(), Shape.scalar()), value));
    }

    private static OracleTensor inverse(Lowering<OracleTensor> right, OracleTensor x) {
        return right.div(scalar(right, x, 1), x);
    }

    private static double largest(OracleTensor x) {
        return x.dtype() == DType.FLOAT32 ? Float.MAX_VALUE : Double.MAX_VALUE;
    }

    private static double finite(double value) {
        return Double.isFinite(value) ? value : 0;
    }

    private static double tenBits(double value) {
        double unit = Math.scalb(1.0, Math.getExponent(value) - 10);
        return value == 0 || !Double.isFinite(value) ? value : Math.rint(value / unit) * unit;
    }

    /** Up to the next number at random, unless the product is exact, where nothing may differ. */
    private static double moved(double value, DType dtype, SplittableRandom random) {
        boolean exact = !Double.isFinite(value) || value * 1024 == Math.rint(value * 1024);
        double next = dtype == DType.FLOAT32 ? Math.nextUp((float) value) : Math.nextUp(value);
        return exact || random.nextBoolean() ? value : next;
    }

    private static boolean isBias(OracleTensor x, OracleTensor bias) {
        return bias.shape().rank() == 1
                && x.shape().rank() > 1
                && x.shape().extent(x.shape().rank() - 1) == bias.shape().extent(0);
    }

    private static OracleTensor turned(Lowering<OracleTensor> right, OracleTensor x) {
        int rank = x.shape().rank();
        if (x.shape().extent(rank - 1) != x.shape().extent(rank - 2)) {
            return x;
        }
        int[] permutation = IntStream.range(0, rank).toArray();
        permutation[rank - 1] = rank - 2;
        permutation[rank - 2] = rank - 1;
        return right.transpose(x, permutation);
    }

    private static int[] backwards(int rank) {
        return IntStream.range(0, rank).map(i -> rank - 1 - i).toArray();
    }

    private static int[] axes(Op op) {
        return ((Reduction) op).axes().stream().mapToInt(i -> i).toArray();
    }

    private static boolean kept(Op op) {
        return ((Reduction) op).keepDims();
    }
}
