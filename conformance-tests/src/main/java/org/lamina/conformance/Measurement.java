package org.lamina.conformance;

import java.util.Arrays;
import java.util.Optional;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.conformance.oracle.OracleTensor;

/**
 * An output compared with what it must be.
 *
 * @param units the greatest error in units of the derived bound
 * @param ulps the greatest error in units in the last place; those of the greatest element where the truth is nearly 0, and 0 where
 *     all of it is
 * @param mismatch what is worst, if anything is wrong
 */
public record Measurement(double units, double ulps, Optional<Mismatch> mismatch) {
    /**
     * An element that is wrong, or an output that is wrong as a whole.
     *
     * @param index of the element, or what is wrong of the whole
     * @param got what came
     * @param expected what must come
     * @param units the error in units of the derived bound
     * @param ulps the error in units in the last place, as words
     * @param count how many elements are wrong
     */
    public record Mismatch(String index, String got, String expected, double units, String ulps, int count) {
        @Override
        public String toString() {
            return index + " is " + got + ", expected " + expected + "; error "
                    + (Double.isFinite(units) ? String.format("%.3g times the bound", units) : "beyond any bound")
                    + (ulps.isEmpty() ? "" : ", " + ulps)
                    + (count > 1 ? "; " + count + " elements are wrong" : "");
        }
    }

    private static final double BEYOND = Double.POSITIVE_INFINITY;

    /** Compares an output with what it must be. */
    public static Measurement of(Expected expected, HostArray got) {
        if (!got.type().equals(expected.type())) {
            return new Measurement(
                    BEYOND,
                    BEYOND,
                    Optional.of(new Mismatch(
                            "the type", got.type().toString(), expected.type().toString(), BEYOND, "", 1)));
        }
        return elements(expected, got);
    }

    private static Measurement elements(Expected expected, HostArray got) {
        Scale scale = expected.scale();
        double[] values = got.dtype().isFloating() ? got.toDoubles() : new double[0];
        int worst = -1;
        int wrong = 0;
        double units = 0;
        double ulps = 0;
        for (int i = 0; i < got.size(); i++) {
            double error = values.length == 0 ? error(expected, got, i) : error(expected, values[i], i);
            double inUnits = error == 0 || expected.bound(i) == BEYOND ? 0 : error / expected.bound(i);
            ulps = inUnits == 0 ? ulps : Math.max(ulps, scale.ulps(expected, i, error));
            wrong += inUnits > 1 ? 1 : 0;
            if (inUnits > units) {
                worst = i;
                units = inUnits;
            }
        }
        return new Measurement(
                units,
                ulps,
                wrong == 0 ? Optional.empty() : Optional.of(mismatch(expected, got, scale, worst, units, wrong)));
    }

    /** The distance from the truth: infinite where NaN, an infinity, an integer or an exact bit is wrong. */
    private static double error(Expected expected, HostArray got, int index) {
        OracleTensor truth = expected.truth();
        if (!got.dtype().isFloating()) {
            return got.longAt(index) == truth.longAt(index) ? 0 : BEYOND;
        }
        return error(expected, got.doubleAt(index), index);
    }

    private static double error(Expected expected, double value, int index) {
        OracleTensor truth = expected.truth();
        double rounded = rounded(truth, index);
        if (Double.compare(value, rounded) == 0 || (value == rounded && !expected.bits())) {
            return 0;
        }
        boolean finite = Double.isFinite(value) && Double.isFinite(rounded);
        return finite && !(expected.bits() && value == rounded) ? Math.abs(value - truth.doubleAt(index)) : BEYOND;
    }

    private static double rounded(OracleTensor truth, int index) {
        double value = truth.doubleAt(index);
        return truth.type().dtype() == DType.FLOAT32 ? (float) value : value;
    }

    private static Mismatch mismatch(
            Expected expected, HostArray got, Scale scale, int index, double units, int count) {
        return new Mismatch(
                "element " + Arrays.toString(unravel(got.shape(), index)),
                text(got, index),
                text(expected.truth().toHostArray(), index),
                units,
                scale.describe(expected, index, error(expected, got, index)),
                count);
    }

    private static long[] unravel(Shape shape, int flat) {
        long[] index = new long[shape.rank()];
        long rest = flat;
        for (int axis = index.length - 1; axis >= 0; axis--) {
            index[axis] = rest % shape.extent(axis);
            rest /= shape.extent(axis);
        }
        return index;
    }

    private static String text(HostArray array, int index) {
        return switch (array.dtype()) {
            case FLOAT32 -> Float.toString((float) array.doubleAt(index));
            case FLOAT64 -> Double.toString(array.doubleAt(index));
            case INT32, INT64 -> Long.toString(array.longAt(index));
            case BOOL -> Boolean.toString(array.longAt(index) != 0);
        };
    }
}
