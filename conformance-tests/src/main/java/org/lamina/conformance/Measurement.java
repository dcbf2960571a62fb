package org.lamina.conformance;

import java.util.Arrays;
import java.util.Optional;
import org.lamina.HostArray;
import org.lamina.Shape;

/**
 * An output compared with what it must be.
 *
 * @param units the greatest error in units of the derived bound
 * @param ulps the greatest error in units in the last place; those of the greatest element where the truth is nearly 0, and 0 where
 *     all of it is
 * @param distance the greatest finite distance from the truth of an element that has a bound; infinite if the output is wrong as a whole
 * @param mismatch what is worst, if anything is wrong
 */
public record Measurement(double units, double ulps, double distance, Optional<Mismatch> mismatch) {
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
                    BEYOND,
                    Optional.of(new Mismatch(
                            "the type", got.type().toString(), expected.type().toString(), BEYOND, "", 1)));
        }
        return elements(expected, got);
    }

    private static Measurement elements(Expected expected, HostArray got) {
        ElementErrors errors = ElementErrors.of(expected, got);
        return new Measurement(
                errors.units(),
                errors.ulps(),
                errors.distance(),
                errors.wrong() == 0 ? Optional.empty() : Optional.of(mismatch(expected, got, errors)));
    }

    private static Mismatch mismatch(Expected expected, HostArray got, ElementErrors errors) {
        int index = errors.worst();
        return new Mismatch(
                "element " + Arrays.toString(unravel(got.shape(), index)),
                text(got, index),
                text(expected.truth().toHostArray(), index),
                errors.units(),
                expected.scale().describe(expected, index, ElementErrors.error(expected, got, index)),
                errors.wrong());
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
