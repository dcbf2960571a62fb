package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.layer.Layer;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Dense;
import org.lamina.layers.Relu;
import org.lamina.layers.Sequential;
import org.lamina.train.Batches;
import org.lamina.train.Loss;
import org.lamina.train.LossCurves;
import org.lamina.train.Optimizer;
import org.lamina.train.Split;
import org.lamina.train.Trainer;

/** The chapter's layers learn to read digits, with the same losses on every backend. */
class DigitsTrainingTest {
    private static final Layer NET = Sequential.of(new Dense(64), new CenteredLayer(), new Relu(), new Dense(10));
    private static final int STEPS = 200;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Run(double[] losses, double accuracy) {}

    private static Run train(Backend backend, DType dtype) {
        Digits digits = Digits.load();
        Split split = Split.shuffled(List.of(digits.pixels().cast(dtype), digits.labels()), 0.8, 2);
        Batches batches = Batches.shuffled(split.training(), 128, 5);
        try (Model model = backend.model(NET, dtype).initialize(Shape.of(Shape.BATCH, 64), 3);
                Trainer trainer = Trainer.of(model, Loss.crossEntropy(), Optimizer.parse("adam:lr=0.01"), 1)) {
            double[] losses = new double[STEPS];
            for (int step = 0; step < STEPS; step++) {
                List<HostArray> batch = batches.batch(step);
                losses[step] = trainer.step(batch.get(0), batch.get(1));
            }
            HostArray logits = model.predict(split.test().get(0));
            return new Run(losses, accuracy(logits, split.test().get(1)));
        }
    }

    private static double accuracy(HostArray logits, HostArray labels) {
        int right = 0;
        for (int i = 0; i < labels.size(); i++) {
            int best = 0;
            for (int k = 1; k < 10; k++) {
                best = logits.get(i, k) > logits.get(i, best) ? k : best;
            }
            right += best == labels.longAt(i) ? 1 : 0;
        }
        return (double) right / labels.size();
    }

    private static Map<String, Run> trainOnEach(DType dtype) {
        Map<String, Run> runs = new LinkedHashMap<>();
        for (String name : Backend.available()) {
            try (Backend backend = Backend.load(name)) {
                runs.put(name, train(backend, dtype));
            }
        }
        return runs;
    }

    @Test
    @Rule("8.6")
    void agreesInFloat64AtEveryStep() {
        Map<String, Run> runs = trainOnEach(DType.FLOAT64);
        double[] truth = Objects.requireNonNull(runs.get("reference")).losses;
        runs.forEach((name, run) -> {
            assertThat(run.accuracy).as(name).isGreaterThan(0.95);
            for (int step = 0; step < STEPS; step++) {
                assertThat(run.losses[step])
                        .as("%s, step %d", name, step)
                        .isCloseTo(truth[step], within(1e-9 * truth[step]));
            }
        });
    }

    /** Draws the curves, and the band they must keep to, into target/losses.svg. */
    @Test
    @Rule("8.9")
    void staysInFloat32WithinWhatRoundingCanDo() {
        Map<String, Run> runs = trainOnEach(DType.FLOAT32);
        LossCurves.Band band = TrainingTolerance.derive(backend -> train(backend, DType.FLOAT32).losses, DType.FLOAT32);
        Map<String, double[]> curves = new LinkedHashMap<>();
        runs.forEach((name, run) -> curves.put(name, run.losses));
        ThisRun.COLLECTOR.losses(
                "Dense, CenteredLayer, Relu and Dense on handwritten digits, Adam, float32", curves, band);
        LossCurves.writeSvg(Path.of("target", "losses.svg"), curves, band);
        runs.forEach((name, run) -> {
            assertThat(run.accuracy).as(name).isGreaterThan(0.95);
            for (int step = 0; step < STEPS; step++) {
                assertThat(run.losses[step])
                        .as("%s, step %d", name, step)
                        .isBetween(band.low()[step], band.high()[step]);
            }
        });
    }
}
