package org.lamina.conformance.oracle;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntUnaryOperator;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.CumSum;
import org.lamina.graph.Reduction;
import org.lamina.graph.ScatterAdd;

/**
 * Sums that add one number after another in their own width, as a simple loop does: right on paper, and on N(0, 1) no worse than
 * others, as rounding errors of random sign cancel.
 */
public final class NaiveOrders {
    private NaiveOrders() {}

    /** One for each op that adds up. */
    public static List<WrongOp> all() {
        return List.of(
                new WrongOp(
                        "a sum is a simple loop",
                        "sum",
                        (right, op, type, x) -> x.get(0).isFloating()
                                ? reduced((Reduction) op, type, x.get(0), value -> value)
                                : op.lower(right, type, x)),
                new WrongOp("a mean is a simple loop", "mean", (right, op, type, x) -> {
                    double count = (double) x.get(0).size() / type.shape().size();
                    return reduced((Reduction) op, type, x.get(0), value -> value / count);
                }),
                new WrongOp(
                        "a product is a simple loop",
                        "matmul",
                        (right, op, type, x) -> x.stream()
                                        .allMatch(operand ->
                                                operand.type().shape().rank() == 2)
                                ? product(type, x.get(0).toHostArray(), x.get(1).toHostArray())
                                : op.lower(right, type, x)),
                new WrongOp("running sums are a simple loop", "cumsum", (right, op, type, x) -> {
                    CumSum sum = (CumSum) op;
                    return sum.exclusive() || sum.reverse() || !x.get(0).isFloating()
                            ? op.lower(right, type, x)
                            : runningSums(sum.axis(), x.get(0).toHostArray());
                }),
                new WrongOp("scattered sums are a simple loop", "scatter_add", (right, op, type, x) -> {
                    ScatterAdd scatter = (ScatterAdd) op;
                    return x.get(1).type().shape().rank() == 1 && x.get(0).isFloating()
                            ? scattered(scatter.axis(), type, x.get(0).toHostArray(), x.get(1))
                            : op.lower(right, type, x);
                }));
    }

    /** Adds each term to the element that it belongs to, rounding each time. */
    private static OracleTensor sums(
            TensorType type, int terms, IntUnaryOperator element, Terms values, DoubleUnaryOperator last) {
        double[] sums = new double[Math.toIntExact(type.shape().size())];
        for (int i = 0; i < terms; i++) {
            int target = element.applyAsInt(i);
            sums[target] = rounded(type.dtype(), sums[target] + rounded(type.dtype(), values.at(i)));
        }
        return OracleTensor.of(HostArray.generate(type, i -> last.applyAsDouble(sums[i])));
    }

    private interface Terms {
        double at(int index);
    }

    private static double rounded(DType dtype, double value) {
        return dtype == DType.FLOAT32 ? (float) value : value;
    }

    private static OracleTensor reduced(Reduction op, TensorType type, OracleTensor x, DoubleUnaryOperator last) {
        HostArray given = x.toHostArray();
        return sums(type, given.size(), i -> without(given.shape(), op.axes(), i), given::doubleAt, last);
    }

    /** The flat index of an element when axes are taken away. */
    private static int without(Shape shape, List<Integer> axes, int flat) {
        int rest = flat;
        int index = 0;
        int stride = 1;
        for (int axis = shape.rank() - 1; axis >= 0; axis--) {
            int extent = (int) shape.extent(axis);
            if (!axes.contains(axis)) {
                index += rest % extent * stride;
                stride *= extent;
            }
            rest /= extent;
        }
        return index;
    }

    private static OracleTensor product(TensorType type, HostArray x, HostArray y) {
        int inner = (int) y.shape().extent(0);
        int columns = (int) y.shape().extent(1);
        int terms = Math.toIntExact(type.shape().size() * inner);
        return sums(
                type,
                terms,
                i -> i / inner,
                i -> x.doubleAt(i / inner / columns * inner + i % inner)
                        * y.doubleAt(i % inner * columns + i / inner % columns),
                sum -> sum);
    }

    private static OracleTensor runningSums(int axis, HostArray x) {
        int step = (int) x.shape().slice(axis + 1, x.shape().rank()).size();
        int extent = (int) x.shape().extent(axis);
        double[] sums = new double[x.size()];
        for (int i = 0; i < sums.length; i++) {
            double before = i / step % extent == 0 ? 0 : sums[i - step];
            sums[i] = rounded(x.dtype(), before + x.doubleAt(i));
        }
        return OracleTensor.of(HostArray.generate(x.type(), i -> sums[i]));
    }

    private static OracleTensor scattered(int axis, TensorType type, HostArray x, OracleTensor indices) {
        int step = (int) x.shape().slice(axis + 1, x.shape().rank()).size();
        int extent = (int) x.shape().extent(axis);
        int size = (int) type.shape().extent(axis);
        return sums(
                type,
                x.size(),
                i -> (i / step / extent * size + (int) indices.longAt(i / step % extent)) * step + i % step,
                x::doubleAt,
                sum -> sum);
    }
}
