package org.lamina.conformance.oracle;

import java.util.Arrays;
import java.util.function.LongBinaryOperator;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.lamina.DType;
import org.lamina.Shape;
import org.lamina.TensorType;

/** Ops that make one element of the elements along axes. */
final class Reductions {
    private Reductions() {}

    static OracleTensor reals(OracleTensor x, int[] axes, boolean keepDims, ToDoubleFunction<double[]> reducer) {
        int[] along = Layout.of(x.shape()).axes(axes).positions();
        int[] starts = Layout.of(x.shape()).axes(others(x.shape(), axes)).positions();
        return OracleTensor.ofReals(
                x.type().with(reduced(x.shape(), axes, keepDims)),
                i -> reducer.applyAsDouble(elements(x, starts[i], along)));
    }

    static OracleTensor integers(OracleTensor x, int[] axes, boolean keepDims, long start, LongBinaryOperator reducer) {
        int[] along = Layout.of(x.shape()).axes(axes).positions();
        int[] starts = Layout.of(x.shape()).axes(others(x.shape(), axes)).positions();
        return OracleTensor.ofIntegers(x.type().with(reduced(x.shape(), axes, keepDims)), i -> {
            long result = start;
            for (int position : along) {
                result = Integers.wrap(x.dtype(), reducer.applyAsLong(result, x.integer(starts[i] + position)));
            }
            return result;
        });
    }

    /** The greatest, NaN if any is. */
    static double max(double[] elements) {
        return Arrays.stream(elements).reduce(Double.NEGATIVE_INFINITY, Math::max);
    }

    /** The least, NaN if any is. */
    static double min(double[] elements) {
        return Arrays.stream(elements).reduce(Double.POSITIVE_INFINITY, Math::min);
    }

    static OracleTensor argMax(OracleTensor x, int axis) {
        int[] along = Layout.of(x.shape()).axes(axis).positions();
        int[] starts = Layout.of(x.shape()).axes(others(x.shape(), axis)).positions();
        TensorType type = new TensorType(DType.INT64, reduced(x.shape(), new int[] {axis}, false));
        return OracleTensor.ofIntegers(type, i -> {
            int best = 0;
            for (int j = 1; j < along.length; j++) {
                if (exceeds(x, starts[i] + along[j], starts[i] + along[best])) {
                    best = j;
                }
            }
            return best;
        });
    }

    private static boolean exceeds(OracleTensor x, int candidate, int best) {
        if (!x.isFloating()) {
            return x.integer(candidate) > x.integer(best);
        }
        return !Double.isNaN(x.real(best)) && !(x.real(candidate) <= x.real(best));
    }

    static OracleTensor cumSum(OracleTensor x, int axis, boolean exclusive, boolean reverse, Precision precision) {
        int[] along = Layout.of(x.shape()).axes(axis).positions();
        int[] starts = Layout.of(x.shape()).axes(others(x.shape(), axis)).positions();
        double[] reals = new double[x.size()];
        long[] integers = new long[x.size()];
        for (int start : starts) {
            int[] line = IntStream.range(0, along.length)
                    .map(i -> start + along[reverse ? along.length - 1 - i : i])
                    .toArray();
            if (x.isFloating()) {
                double[] sums = precision.of(x.dtype()).runningSums(elements(x, 0, line));
                put(line, exclusive, (target, i) -> reals[target] = i < 0 ? 0 : sums[i]);
            } else {
                long[] sums = runningSums(x, line);
                put(line, exclusive, (target, i) -> integers[target] = i < 0 ? 0 : sums[i]);
            }
        }
        return x.isFloating()
                ? OracleTensor.ofReals(x.type(), i -> reals[i])
                : OracleTensor.ofIntegers(x.type(), i -> integers[i]);
    }

    /** Takes a position and the index of the sum that belongs there, -1 for none. */
    private interface Target {
        void put(int position, int sum);
    }

    private static void put(int[] line, boolean exclusive, Target target) {
        for (int i = 0; i < line.length; i++) {
            target.put(line[i], exclusive ? i - 1 : i);
        }
    }

    private static long[] runningSums(OracleTensor x, int[] line) {
        long[] sums = new long[line.length];
        long sum = 0;
        for (int i = 0; i < line.length; i++) {
            sum = Integers.wrap(x.dtype(), sum + x.integer(line[i]));
            sums[i] = sum;
        }
        return sums;
    }

    static double[] elements(OracleTensor x, int start, int[] positions) {
        double[] elements = new double[positions.length];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = x.real(start + positions[i]);
        }
        return elements;
    }

    private static int[] others(Shape shape, int... axes) {
        return IntStream.range(0, shape.rank())
                .filter(axis -> Arrays.stream(axes).noneMatch(a -> a == axis))
                .toArray();
    }

    private static Shape reduced(Shape shape, int[] axes, boolean keepDims) {
        long[] sizes = shape.toArray();
        Arrays.stream(axes).forEach(axis -> sizes[axis] = 1);
        return keepDims
                ? Shape.of(sizes)
                : Shape.of(Arrays.stream(others(shape, axes))
                        .mapToLong(axis -> sizes[axis])
                        .toArray());
    }
}
