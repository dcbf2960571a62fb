package org.lamina.conformance;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.conformance.oracle.SampledEngine;
import org.lamina.conformance.oracle.SampledEngine.Scalar;
import org.lamina.train.LossCurves;

/**
 * How far the losses of a correct training run may lie from the oracle's, derived as {@link Tolerance} does it for one graph:
 * the samples
 * go on from one step to the next, so that an error of one step goes into all later ones.
 */
public final class TrainingTolerance {
    private static final long SEED = 1;

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
        SampledEngine engine = SampledEngine.of(dtype, SEED);
        List<Scalar> losses = losses(run, engine);
        List<Scalar> decided = engine.hasOpenDecisions() ? losses(run, SampledEngine.deciding(SEED)) : losses;
        double[] low = new double[losses.size()];
        double[] high = new double[losses.size()];
        for (int step = 0; step < low.length; step++) {
            double deviation =
                    Math.max(losses.get(step).deviation(), decided.get(step).deviation());
            low[step] = losses.get(step).truth() - Tolerance.FACTOR * deviation;
            high[step] = losses.get(step).truth() + Tolerance.FACTOR * deviation;
        }
        return new LossCurves.Band(low, high);
    }

    /** The losses among all scalars that the run downloaded. */
    private static List<Scalar> losses(Run run, SampledEngine engine) {
        double[] losses;
        try (Backend backend = Backend.of(engine)) {
            losses = run.losses(backend);
        }
        Iterator<Scalar> scalars = engine.scalars().iterator();
        List<Scalar> found = new ArrayList<>();
        for (double loss : losses) {
            Scalar scalar = scalars.next();
            while (Double.compare(scalar.value(), loss) != 0) {
                scalar = scalars.next();
            }
            found.add(scalar);
        }
        return found;
    }
}
