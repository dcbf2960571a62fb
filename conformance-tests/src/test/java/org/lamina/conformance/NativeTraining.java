package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.layer.Layer;
import org.lamina.layers.BatchNorm;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Dense;
import org.lamina.layers.Dropout;
import org.lamina.layers.Relu;
import org.lamina.layers.Sequential;
import org.lamina.train.Batches;
import org.lamina.train.Loss;
import org.lamina.train.LossCurves;
import org.lamina.train.Sgd;
import org.lamina.train.Split;
import org.lamina.train.Trainer;

/** What every framework's own training is held to: digits, networks, and the losses that neutral training gives. */
final class NativeTraining {
    static final int STEPS = 100;
    static final long SEED = 3;
    static final double RATE = 0.1;
    /** Layers that frameworks have too, and one of the chapter's. */
    static final Layer CENTERED = Sequential.of(new Dense(16), new CenteredLayer(), new Relu(), new Dense(10));
    /** Layers with states and random draws. */
    static final Layer NORMALIZED =
            Sequential.of(new Dense(16), new BatchNorm(1e-5), new Relu(), new Dropout(0.25), new Dense(10));

    static final Split SPLIT = Split.shuffled(
            List.of(Digits.load().pixels().cast(DType.FLOAT32), Digits.load().labels()), 0.8, 2);
    static final Batches BATCHES = Batches.shuffled(SPLIT.training(), 16, 5);

    private NativeTraining() {}

    /** The weights that neutral training begins with. */
    static Map<String, HostArray> weights(Layer layer) {
        try (Backend oracle = Backend.load("reference");
                Model model = oracle.model(layer).initialize(Shape.of(Shape.BATCH, 64), SEED)) {
            return model.parameters();
        }
    }

    /** Holds losses before each step, in float32, to the tolerance that is derived for the whole training. */
    static void check(Layer layer, Map<String, Function<Map<String, HostArray>, double[]>> trainings) {
        LossCurves.Band band = TrainingTolerance.derive(backend -> neutral(backend, layer), DType.FLOAT32);
        trainings.forEach((name, training) -> {
            double[] losses = training.apply(weights(layer));
            for (int step = 0; step < STEPS; step++) {
                assertThat(losses[step]).as("%s, step %d", name, step).isBetween(band.low()[step], band.high()[step]);
            }
        });
    }

    private static double[] neutral(Backend backend, Layer layer) {
        try (Model model = backend.model(layer).initialize(Shape.of(Shape.BATCH, 64), SEED);
                Trainer trainer = Trainer.of(model, Loss.crossEntropy(), new Sgd(RATE), SEED)) {
            double[] losses = new double[STEPS];
            Arrays.setAll(losses, step -> {
                List<HostArray> batch = BATCHES.batch(step);
                return trainer.step(batch.get(0), batch.get(1));
            });
            return losses;
        }
    }

    /** The share of the test images that logits or probabilities, one row for each, are right about. */
    static double accuracy(HostArray scores) {
        HostArray labels = SPLIT.test().get(1);
        int classes = (int) scores.shape().extent(1);
        int right = 0;
        for (int row = 0; row < labels.size(); row++) {
            int best = 0;
            for (int i = 1; i < classes; i++) {
                best = scores.doubleAt(row * classes + i) > scores.doubleAt(row * classes + best) ? i : best;
            }
            right += best == labels.doubleAt(row) ? 1 : 0;
        }
        return (double) right / labels.size();
    }

    /** One-hot rows of labels. */
    static HostArray oneHot(HostArray labels) {
        return HostArray.generate(
                new TensorType(DType.FLOAT32, Shape.of(labels.size(), 10)),
                i -> labels.doubleAt(i / 10) == i % 10 ? 1 : 0);
    }
}
