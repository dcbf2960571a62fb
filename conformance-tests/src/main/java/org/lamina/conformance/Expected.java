package org.lamina.conformance;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.TensorType;
import org.lamina.conformance.oracle.OracleTensor;

/** What an output must be: the truth, and how far from it each element may lie. */
public final class Expected {
    private final OracleTensor truth;
    private final double[] bounds;
    private final boolean bits;
    private @Nullable Scale scale;

    private Expected(OracleTensor truth, double[] bounds, boolean bits) {
        this.truth = truth;
        this.bounds = bounds;
        this.bits = bits;
    }

    /** The truth rounded once, to the last bit and with the sign of zero; only the bits of NaN are free. */
    public static Expected exactly(OracleTensor truth) {
        return new Expected(truth, new double[truth.size()], true);
    }

    /** The truth give or take a bound for each element; zeros of either sign are equal. */
    static Expected within(OracleTensor truth, double[] bounds) {
        return new Expected(truth, bounds, false);
    }

    /** The same truth, with the greater of two bounds. */
    Expected orWithin(Expected other) {
        double[] wider = new double[bounds.length];
        Arrays.setAll(wider, i -> Math.max(bounds[i], other.bounds[i]));
        return new Expected(truth, wider, false);
    }

    /** What must be 0 within the same bounds, or exactly, whatever the truth is. */
    Expected ofZero(boolean exactly) {
        return new Expected(truth.zeros(), exactly ? new double[bounds.length] : bounds, false);
    }

    /** Zeros give or take the same bound each. */
    static Expected zero(TensorType type, double bound) {
        OracleTensor zeros = OracleTensor.of(HostArray.full(type, 0));
        double[] bounds = new double[zeros.size()];
        Arrays.fill(bounds, bound);
        return new Expected(zeros, bounds, false);
    }

    /** What must be another result of the same computation within the same bounds. */
    Expected around(HostArray result) {
        return new Expected(OracleTensor.of(result), bounds, false);
    }

    /** The units in the last place that errors are given in. */
    synchronized Scale scale() {
        Scale known = scale;
        if (known == null) {
            known = Scale.of(this);
            scale = known;
        }
        return known;
    }

    /** The dtype and shape that the output must have. */
    public TensorType type() {
        return truth.type();
    }

    /** The value without rounding. */
    public OracleTensor truth() {
        return truth;
    }

    /** True if the output must be the rounded truth bit for bit. */
    boolean bits() {
        return bits;
    }

    /**
     * The greatest distance from the truth of a correct element: 0 where no op rounds, infinite where rounding alone decides
     * what it is, as with an integer that is computed from floats.
     */
    public double bound(int index) {
        return bounds[index];
    }

    /** The distance between neighbouring numbers of the dtype at an element, that of the least normal number around 0. */
    public double ulp(int index) {
        return ulp(truth, index);
    }

    static double ulp(OracleTensor truth, int index) {
        double magnitude = Math.abs(truth.doubleAt(index));
        return truth.type().dtype() == DType.FLOAT32
                ? Math.ulp((float) Math.max(magnitude, Float.MIN_NORMAL))
                : Math.ulp(Math.max(magnitude, Double.MIN_NORMAL));
    }
}
