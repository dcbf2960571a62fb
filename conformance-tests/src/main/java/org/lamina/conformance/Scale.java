package org.lamina.conformance;

import org.lamina.DType;
import org.lamina.conformance.oracle.OracleTensor;

/**
 * The units in the last place that errors of an array are given in. An element whose truth is 0 in theory, and something like 1e-17
 * by rounding, has units of its own that are so small that each error counts as millions of them: there the units of the array's
 * greatest element are used, and none where the whole array is such zeros.
 *
 * @param dtype the array's
 * @param greatest the magnitude of the greatest finite element
 * @param bound the greatest finite bound
 */
record Scale(DType dtype, double greatest, double bound) {
    static Scale of(Expected expected) {
        OracleTensor truth = expected.truth();
        double greatest = 0;
        double bound = 0;
        for (int i = 0; i < truth.size(); i++) {
            double magnitude = Math.abs(truth.doubleAt(i));
            greatest = Double.isFinite(magnitude) ? Math.max(greatest, magnitude) : greatest;
            bound = Double.isFinite(expected.bound(i)) ? Math.max(bound, expected.bound(i)) : bound;
        }
        return new Scale(truth.type().dtype(), greatest, bound);
    }

    /** True if all elements are 0 but for rounding. */
    boolean isZero() {
        return greatest <= bound;
    }

    /** An error in units of the greatest element, 0 if all elements are 0 but for rounding. */
    double ulps(double error) {
        return isZero() && Double.isFinite(error) ? 0 : error / ulp(greatest);
    }

    /** An error of an element in its own units, or in those of the greatest element where its truth is nearly 0. */
    double ulps(Expected expected, int index, double error) {
        return isNearlyZero(expected, index) ? ulps(error) : error / expected.ulp(index);
    }

    private boolean isNearlyZero(Expected expected, int index) {
        double magnitude = Math.abs(expected.truth().doubleAt(index));
        return magnitude <= expected.bound(index) || magnitude < ulp(greatest);
    }

    /** The same in words, empty if no number tells the error. */
    String describe(Expected expected, int index, double error) {
        if (!Double.isFinite(error)) {
            return "";
        }
        if (!isNearlyZero(expected, index)) {
            return String.format("%.3g ULP", error / expected.ulp(index));
        }
        return isZero()
                ? "no ULPs, as the truth is 0 here"
                : String.format("%.3g ULP of the array's greatest element, as the truth is nearly 0 here", ulps(error));
    }

    private double ulp(double magnitude) {
        return dtype == DType.FLOAT32
                ? Math.ulp((float) Math.max(magnitude, Float.MIN_NORMAL))
                : Math.ulp(Math.max(magnitude, Double.MIN_NORMAL));
    }
}
