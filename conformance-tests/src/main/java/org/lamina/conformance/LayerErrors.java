package org.lamina.conformance;

import org.lamina.HostArray;
import org.lamina.conformance.oracle.OracleTensor;

/** The worst error of several arrays, and which array it is in. */
final class LayerErrors {
    private double units;
    private double ulps;
    private String failure = "";
    private boolean measured = true;

    /** Something wrong that no number tells. */
    LayerErrors add(String problem) {
        units = Double.POSITIVE_INFINITY;
        ulps = Double.POSITIVE_INFINITY;
        failure = problem;
        measured = false;
        return this;
    }

    /** An array compared with what it must be. */
    LayerErrors add(String name, Expected expected, HostArray got) {
        Measurement measurement = Measurement.of(expected, got);
        if (measurement.mismatch().isPresent() && measurement.units() > units) {
            failure = name + ": " + measurement.mismatch().get();
        }
        units = Math.max(units, measurement.units());
        ulps = Math.max(ulps, Double.isInfinite(measurement.units()) ? measurement.units() : scaled(expected, got));
        return this;
    }

    /**
     * The greatest error in units in the last place of the array's greatest element; what rounding decides is no error, and an array
     * of zeros has no such units.
     */
    private static double scaled(Expected expected, HostArray got) {
        OracleTensor truth = expected.truth();
        double error = 0;
        for (int i = 0; i < truth.size(); i++) {
            if (Double.isFinite(expected.bound(i))
                    && Double.isFinite(truth.doubleAt(i))
                    && Double.isFinite(got.doubleAt(i))) {
                error = Math.max(error, Math.abs(got.doubleAt(i) - truth.doubleAt(i)));
            }
        }
        return error == 0 ? 0 : expected.scale().ulps(error);
    }

    double units() {
        return units;
    }

    double ulps() {
        return ulps;
    }

    /** True if all that is wrong are elements of arrays. */
    boolean isMeasured() {
        return measured;
    }

    /** These errors, of which nothing is wrong after all: they lie within another bound, and are shown in units of the first. */
    LayerErrors allowed() {
        failure = "";
        return this;
    }

    /** What is wrong, empty if nothing is. */
    String failure() {
        return failure;
    }
}
