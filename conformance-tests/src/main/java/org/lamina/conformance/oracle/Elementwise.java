package org.lamina.conformance.oracle;

import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;
import org.lamina.DType;
import org.lamina.Shape;
import org.lamina.TensorType;

/** Ops that compute each element by itself, after broadcasting. */
final class Elementwise {
    /** A comparison of two doubles. */
    interface RealPredicate {
        boolean test(double x, double y);
    }

    /** A comparison of two longs. */
    interface IntegerPredicate {
        boolean test(long x, long y);
    }

    private Elementwise() {}

    static OracleTensor map(OracleTensor x, DoubleUnaryOperator reals) {
        return OracleTensor.ofReals(x.type(), i -> reals.applyAsDouble(x.real(i)));
    }

    static OracleTensor map(OracleTensor x, DoubleUnaryOperator reals, LongUnaryOperator integers) {
        return x.isFloating()
                ? map(x, reals)
                : OracleTensor.ofIntegers(x.type(), i -> Integers.wrap(x.dtype(), integers.applyAsLong(x.integer(i))));
    }

    static OracleTensor zipReals(OracleTensor x, OracleTensor y, DoubleBinaryOperator operation) {
        if (x.shape().equals(y.shape())) {
            return OracleTensor.ofReals(x.type(), i -> operation.applyAsDouble(x.real(i), y.real(i)));
        }
        Shape shape = common(x.shape(), y.shape());
        int[] ofX = positions(x, shape);
        int[] ofY = positions(y, shape);
        return OracleTensor.ofReals(x.type().with(shape), i -> operation.applyAsDouble(x.real(ofX[i]), y.real(ofY[i])));
    }

    static OracleTensor zipIntegers(OracleTensor x, OracleTensor y, LongBinaryOperator operation) {
        Shape shape = common(x.shape(), y.shape());
        int[] ofX = positions(x, shape);
        int[] ofY = positions(y, shape);
        return OracleTensor.ofIntegers(
                x.type().with(shape),
                i -> Integers.wrap(x.dtype(), operation.applyAsLong(x.integer(ofX[i]), y.integer(ofY[i]))));
    }

    static OracleTensor compare(OracleTensor x, OracleTensor y, RealPredicate reals, IntegerPredicate integers) {
        Shape shape = common(x.shape(), y.shape());
        int[] ofX = positions(x, shape);
        int[] ofY = positions(y, shape);
        return OracleTensor.ofIntegers(new TensorType(DType.BOOL, shape), i -> {
            boolean holds = x.isFloating()
                    ? reals.test(x.real(ofX[i]), y.real(ofY[i]))
                    : integers.test(x.integer(ofX[i]), y.integer(ofY[i]));
            return holds ? 1 : 0;
        });
    }

    static OracleTensor select(OracleTensor condition, OracleTensor x, OracleTensor y) {
        Shape shape = common(condition.shape(), common(x.shape(), y.shape()));
        int[] ofCondition = positions(condition, shape);
        int[] ofX = positions(x, shape);
        int[] ofY = positions(y, shape);
        TensorType type = x.type().with(shape);
        return x.isFloating()
                ? OracleTensor.ofReals(
                        type, i -> condition.integer(ofCondition[i]) != 0 ? x.real(ofX[i]) : y.real(ofY[i]))
                : OracleTensor.ofIntegers(
                        type, i -> condition.integer(ofCondition[i]) != 0 ? x.integer(ofX[i]) : y.integer(ofY[i]));
    }

    static OracleTensor cast(OracleTensor x, DType dtype, Precision precision) {
        TensorType type = x.type().with(dtype);
        if (dtype.isFloating()) {
            Arithmetic arithmetic = precision.of(dtype);
            return x.dtype() == dtype
                    ? x
                    : OracleTensor.ofReals(
                            type,
                            i -> x.isFloating() || x.dtype() == DType.INT32
                                    ? arithmetic.convert(x.doubleAt(i))
                                    : Integers.toReal(x.integer(i), dtype));
        }
        if (dtype == DType.BOOL) {
            return OracleTensor.ofIntegers(type, i -> x.doubleAt(i) != 0 ? 1 : 0);
        }
        return OracleTensor.ofIntegers(type, i -> Integers.wrap(dtype, x.longAt(i)));
    }

    /** The greatest extent of each axis, the last axes aligned; 0 where one is 0 and the other 1. */
    static Shape common(Shape x, Shape y) {
        int rank = Math.max(x.rank(), y.rank());
        long[] sizes = new long[rank];
        for (int axis = 0; axis < rank; axis++) {
            int inX = axis - rank + x.rank();
            int inY = axis - rank + y.rank();
            long size = inX < 0 ? 1 : x.extent(inX);
            sizes[axis] = size == 1 && inY >= 0 ? y.extent(inY) : size;
        }
        return Shape.of(sizes);
    }

    private static int[] positions(OracleTensor x, Shape shape) {
        return Layout.broadcast(x.shape(), shape).positions();
    }
}
