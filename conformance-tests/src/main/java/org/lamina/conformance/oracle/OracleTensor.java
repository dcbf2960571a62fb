package org.lamina.conformance.oracle;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntToLongFunction;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;

/**
 * A value of the oracle, in C order. Floats are kept as doubles whatever their dtype, so that a float32 graph is computed
 * without rounding to float32 in between; integers and bools as longs, so that int64 stays exact.
 */
public final class OracleTensor {
    private static final double[] NO_REALS = {};
    private static final long[] NO_INTEGERS = {};

    private final TensorType type;
    private final double[] reals;
    private final long[] integers;
    private final boolean floating;

    private OracleTensor(TensorType type, double[] reals, long[] integers) {
        this.type = type;
        this.reals = reals;
        this.integers = integers;
        this.floating = type.dtype().isFloating();
    }

    static OracleTensor ofReals(TensorType type, IntToDoubleFunction element) {
        double[] reals = new double[Math.toIntExact(type.shape().size())];
        Arrays.setAll(reals, element);
        return new OracleTensor(type, reals, NO_INTEGERS);
    }

    static OracleTensor ofIntegers(TensorType type, IntToLongFunction element) {
        long[] integers = new long[Math.toIntExact(type.shape().size())];
        Arrays.setAll(integers, element);
        return new OracleTensor(type, NO_REALS, integers);
    }

    /** Takes the array. */
    static OracleTensor of(TensorType type, double[] reals) {
        return new OracleTensor(type, reals, NO_INTEGERS);
    }

    /** Takes the array. */
    static OracleTensor of(TensorType type, long[] integers) {
        return new OracleTensor(type, NO_REALS, integers);
    }

    /** The same values, floats widened without rounding. */
    public static OracleTensor of(HostArray array) {
        return array.dtype().isFloating()
                ? of(array.type(), array.toDoubles())
                : ofIntegers(array.type(), array::longAt);
    }

    /** As many zeros of this type. */
    public OracleTensor zeros() {
        return isFloating() ? ofReals(type, i -> 0) : ofIntegers(type, i -> 0);
    }

    /** Elements of this tensor at flat positions, in another shape. */
    OracleTensor at(Shape shape, int[] positions) {
        TensorType result = type.with(shape);
        if (isFloating()) {
            double[] moved = new double[positions.length];
            for (int i = 0; i < moved.length; i++) {
                moved[i] = reals[positions[i]];
            }
            return of(result, moved);
        }
        return ofIntegers(result, i -> integers[positions[i]]);
    }

    OracleTensor reshape(Shape shape) {
        return new OracleTensor(type.with(shape), reals, integers);
    }

    /** The dtype and shape, without open sizes. */
    public TensorType type() {
        return type;
    }

    Shape shape() {
        return type.shape();
    }

    DType dtype() {
        return type.dtype();
    }

    boolean isFloating() {
        return floating;
    }

    /** The number of elements. */
    public int size() {
        return isFloating() ? reals.length : integers.length;
    }

    /** The elements of a floating tensor, which nobody may change. */
    double[] reals() {
        return reals;
    }

    /** The elements of another tensor, which nobody may change. */
    long[] integers() {
        return integers;
    }

    double real(int index) {
        return reals[index];
    }

    long integer(int index) {
        return integers[index];
    }

    /** The element at a flat index, unrounded for floats; int64 beyond 2^53 is rounded. */
    public double doubleAt(int index) {
        return floating ? reals[index] : integers[index];
    }

    /** The element at a flat index as a long, exact for integers and bools, truncated for floats. */
    public long longAt(int index) {
        return floating ? (long) reals[index] : integers[index];
    }

    /** The elements rounded to the dtype: what the backend named {@code reference} gives. */
    public HostArray toHostArray() {
        return dtype() == DType.INT64 ? HostArray.of(shape(), integers) : HostArray.generate(type, this::doubleAt);
    }

    /** The elements of a floating tensor as float64, without rounding: the truth a float32 result is measured against. */
    public HostArray toFloat64() {
        return HostArray.generate(type.with(DType.FLOAT64), this::doubleAt);
    }
}
