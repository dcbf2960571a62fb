package org.lamina.conformance;

import org.lamina.HostArray;

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
        ulps = Math.max(ulps, scaled(expected, measurement));
        return this;
    }

    /** The greatest distance in units in the last place of the array's greatest element; an array of zeros has no such units. */
    private static double scaled(Expected expected, Measurement measurement) {
        if (Double.isInfinite(measurement.units())) {
            return measurement.units();
        }
        return measurement.distance() == 0 ? 0 : expected.scale().ulps(measurement.distance());
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
