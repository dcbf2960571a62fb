package org.lamina.conformance.oracle;

import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;

/**
 * A value with its samples: the truth, and as many other values that a correct run could have come to, scaled as
 * {@link Sampling} says. Where no op before it rounds, every sample is the truth and none is kept.
 */
public final class Sampled {
    /** How many samples a deviation is estimated from. */
    public static final int COUNT = 32;

    private static final int WORTH_DIVIDING = 4096;

    /** So many elements of every sample stay in a processor's cache. */
    private static final int BLOCK = 1024;

    private final OracleTensor truth;
    private final OracleTensor @Nullable [] samples;
    private final double @Nullable [] rest;
    private double @Nullable [] rms;

    private Sampled(OracleTensor truth, OracleTensor @Nullable [] samples, double @Nullable [] rest) {
        this.truth = truth;
        this.samples = samples;
        this.rest = rest;
    }

    static Sampled exact(OracleTensor truth) {
        return new Sampled(truth, null, null);
    }

    /**
     * This value as a result that nothing is computed from: its samples are not moved by the last op's local error, which counts as
     * the independent deviation that it is.
     *
     * @param local for each element
     */
    Sampled asResult(double[] local) {
        return new Sampled(truth, samples, local);
    }

    /** Makes the samples one by one, on all cores if there is much to do. */
    static Sampled of(OracleTensor truth, IntFunction<OracleTensor> sample) {
        OracleTensor[] samples = new OracleTensor[COUNT];
        each(truth.size(), s -> samples[s] = sample.apply(s));
        return new Sampled(truth, samples, null);
    }

    /** Takes the number of each sample. */
    interface Task {
        void of(int sample);
    }

    private static void each(int size, Task task) {
        IntStream numbers = IntStream.range(0, COUNT);
        (size > WORTH_DIVIDING ? numbers.parallel() : numbers).forEach(task::of);
    }

    /** The value without rounding. */
    public OracleTensor truth() {
        return truth;
    }

    /** True if every sample is the truth. */
    public boolean isExact() {
        return samples == null;
    }

    /** A sample: the truth itself where nothing rounds. */
    OracleTensor sample(int number) {
        return samples == null ? truth : samples[number];
    }

    /** How far a sample is from the truth at a flat index; infinite where an integer, NaN or an infinity differs. */
    public double deviation(int number, int index) {
        if (samples == null) {
            return 0;
        }
        if (!truth.isFloating()) {
            return samples[number].integer(index) == truth.integer(index) ? 0 : Double.POSITIVE_INFINITY;
        }
        return deviation(truth.real(index), samples[number].real(index));
    }

    private static double deviation(double truth, double sample) {
        double difference = sample - truth;
        if (Double.isFinite(difference)) {
            return difference;
        }
        return Double.compare(sample, truth) == 0 ? 0 : Double.POSITIVE_INFINITY;
    }

    /** The root of the mean square deviation of the samples at a flat index. */
    public double rms(int index) {
        return samples == null && rest == null ? 0 : rms()[index];
    }

    private synchronized double[] rms() {
        double[] known = rms;
        if (known == null) {
            known = samples == null ? new double[truth.size()] : computed();
            addRest(known);
            rms = known;
        }
        return known;
    }

    private void addRest(double[] deviations) {
        if (rest == null) {
            return;
        }
        double greatest = truth.dtype() == DType.FLOAT32 ? Arithmetic.OVERFLOW : Double.MAX_VALUE;
        for (int i = 0; i < deviations.length; i++) {
            boolean mayOverflow = rest[i] > 0 && Math.abs(truth.real(i)) + rest[i] >= greatest;
            deviations[i] = mayOverflow ? Double.POSITIVE_INFINITY : Math.hypot(deviations[i], rest[i] / 4);
        }
    }

    private double[] computed() {
        double[] deviations = new double[truth.size()];
        IntStream blocks = IntStream.range(0, (deviations.length + BLOCK - 1) / BLOCK);
        (deviations.length > WORTH_DIVIDING ? blocks.parallel() : blocks)
                .forEach(block -> compute(
                        deviations,
                        block * BLOCK,
                        Math.min((block + 1) * BLOCK, deviations.length),
                        new double[BLOCK]));
        return deviations;
    }

    private void compute(double[] deviations, int from, int to, double[] squares) {
        for (int s = 0; s < COUNT; s++) {
            for (int i = from; i < to; i++) {
                deviations[i] = Math.max(deviations[i], Math.abs(deviation(s, i)));
            }
        }
        for (int s = 0; s < COUNT; s++) {
            for (int i = from; i < to; i++) {
                // In units of the greatest, so that squares neither overflow nor vanish.
                double share = deviation(s, i) / deviations[i];
                squares[i - from] += share * share;
            }
        }
        for (int i = from; i < to; i++) {
            if (deviations[i] > 0 && deviations[i] < Double.POSITIVE_INFINITY) {
                deviations[i] *= Math.sqrt(squares[i - from] / COUNT);
            }
        }
    }
}
