package org.lamina.conformance;

import java.util.List;
import java.util.stream.IntStream;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.conformance.oracle.Oracle;
import org.lamina.conformance.oracle.OracleProvider;
import org.lamina.train.LossCurves;

/**
 * How far the losses of a correct training run may lie from the oracle's, derived as {@link Tolerance} does it for one graph:
 * the whole run is repeated with random rounding, so that an error of one step goes into all later ones.
 */
public final class TrainingTolerance {
    private TrainingTolerance() {}

    /** A training run on a backend that it is given, always the same but for rounding. */
    @FunctionalInterface
    public interface Run {
        /** The loss before each step. */
        double[] losses(Backend backend);
    }

    /**
     * The least and the greatest loss of each step.
     *
     * @param dtype of the model
     */
    public static LossCurves.Band derive(Run run, DType dtype) {
        double[] truth;
        try (Backend oracle = Backend.load(OracleProvider.NAME)) {
            truth = run.losses(oracle);
        }
        List<double[]> samples = IntStream.range(0, Tolerance.SAMPLES)
                .parallel()
                .mapToObj(seed -> sample(run, seed))
                .toList();
        double factor = dtype == DType.FLOAT32 ? Tolerance.FLOAT32_FACTOR : Tolerance.FLOAT64_FACTOR;
        double[] low = new double[truth.length];
        double[] high = new double[truth.length];
        for (int step = 0; step < truth.length; step++) {
            double squares = 0;
            for (double[] sample : samples) {
                squares += Math.pow(sample[step] - truth[step], 2);
            }
            double bound = factor * Math.sqrt(squares / Tolerance.SAMPLES);
            low[step] = truth[step] - bound;
            high[step] = truth[step] + bound;
        }
        return new LossCurves.Band(low, high);
    }

    private static double[] sample(Run run, int seed) {
        try (Backend backend = Backend.of(Oracle.randomlyRounding(seed))) {
            return run.losses(backend);
        }
    }
}
