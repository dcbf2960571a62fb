package org.lamina.conformance;

import java.util.stream.IntStream;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.conformance.oracle.OracleTensor;

/**
 * The errors of the elements of an output, looked through on all cores.
 *
 * @param units the greatest in units of the bound
 * @param ulps the greatest in units in the last place
 * @param distance the greatest finite distance from the truth of an element that has a bound
 * @param worst the first element with the greatest error in units of the bound, -1 if none has any
 * @param wrong how many lie beyond the bound
 */
record ElementErrors(double units, double ulps, double distance, int worst, int wrong) {
    private static final double BEYOND = Double.POSITIVE_INFINITY;
    private static final int BLOCK = 8192;

    static ElementErrors of(Expected expected, HostArray got) {
        double[] values = got.dtype().isFloating() ? got.toDoubles() : new double[0];
        IntStream blocks = IntStream.range(0, (got.size() + BLOCK - 1) / BLOCK);
        return (got.size() > BLOCK ? blocks.parallel() : blocks)
                .mapToObj(block -> of(expected, got, values, block * BLOCK, Math.min((block + 1) * BLOCK, got.size())))
                .reduce(new ElementErrors(0, 0, 0, -1, 0), ElementErrors::and);
    }

    private static ElementErrors of(Expected expected, HostArray got, double[] values, int from, int to) {
        OracleTensor truth = expected.truth();
        Scale scale = expected.scale();
        boolean floating = values.length > 0;
        int worst = -1;
        int wrong = 0;
        double units = 0;
        double ulps = 0;
        double distance = 0;
        for (int i = from; i < to; i++) {
            double bound = expected.bound(i);
            if (bound == BEYOND) {
                continue;
            }
            double error = floating ? error(expected, values[i], i) : error(expected, got, i);
            if (floating) {
                double away = Math.abs(values[i] - truth.doubleAt(i));
                distance = away > distance && away < BEYOND ? away : distance;
            }
            if (error == 0) {
                continue;
            }
            double inUnits = error / bound;
            ulps = Math.max(ulps, scale.ulps(expected, i, error));
            wrong += inUnits > 1 ? 1 : 0;
            if (inUnits > units) {
                worst = i;
                units = inUnits;
            }
        }
        return new ElementErrors(units, ulps, distance, worst, wrong);
    }

    private ElementErrors and(ElementErrors later) {
        return new ElementErrors(
                Math.max(units, later.units),
                Math.max(ulps, later.ulps),
                Math.max(distance, later.distance),
                later.units > units ? later.worst : worst,
                wrong + later.wrong);
    }

    /** The distance from the truth: infinite where NaN, an infinity, an integer or an exact bit is wrong. */
    static double error(Expected expected, HostArray got, int index) {
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
}
