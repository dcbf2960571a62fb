package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.Generator;
import org.lamina.HostArray;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.layer.Initializer;
import org.lamina.layer.Layer;
import org.lamina.layer.State;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Dense;
import org.lamina.layers.Dropout;
import org.lamina.layers.Relu;
import org.lamina.layers.Sequential;
import org.lamina.train.Batches;
import org.lamina.train.Loss;
import org.lamina.train.Optimizer;
import org.lamina.train.Trainer;

/** Training gives the same losses on every backend. */
class TrainingTest {
    /** The chapter's layers as a classifier of digits. */
    private static final Layer NET = Sequential.of(new Dense(64), new CenteredLayer(), new Relu(), new Dense(10));

    private static final int TRAINED = 1437;

    /** Pixels scaled to [0, 1] and labels. */
    private record Samples(HostArray images, HostArray labels) {
        static Samples read() throws IOException {
            List<double[]> rows = new ArrayList<>();
            try (InputStream file = Objects.requireNonNull(Rule.class.getResourceAsStream("digits.csv.gz"));
                    BufferedReader lines = new BufferedReader(
                            new InputStreamReader(new GZIPInputStream(file), StandardCharsets.US_ASCII))) {
                lines.lines()
                        .forEach(line -> rows.add(Arrays.stream(line.split(",", -1))
                                .mapToDouble(Double::parseDouble)
                                .toArray()));
            }
            double[] pixels = rows.stream()
                    .flatMapToDouble(row -> Arrays.stream(row, 0, 64))
                    .map(p -> p / 16)
                    .toArray();
            long[] labels = rows.stream().mapToLong(row -> (long) row[64]).toArray();
            return new Samples(
                    HostArray.of(Shape.of(rows.size(), 64), pixels), HostArray.of(Shape.of(rows.size()), labels));
        }

        /** Samples in an order of Lamina's generator: the file has its writers one after another. */
        Samples part(int from, int to) {
            int[] order = Generator.of(0).permutation(labels.size());
            int[] indices = Arrays.copyOfRange(order, from, to);
            return new Samples(images.take(indices), labels.take(indices));
        }
    }

    private record Run(List<Double> losses, double accuracy) {}

    private static Run train(String name, DType dtype, String optimizer, int steps) throws IOException {
        Samples all = Samples.read();
        Samples training = all.part(0, TRAINED);
        Samples test = all.part(TRAINED, (int) all.images.shape().dim(0));
        try (Backend backend = Backend.load(name)) {
            Model model = backend.model(NET, dtype).initialize(Shape.of(Shape.BATCH, 64), 3);
            Batches batches = Batches.shuffled(List.of(training.images.cast(dtype), training.labels), 64, 5);
            List<Double> losses = new ArrayList<>();
            try (Trainer trainer = Trainer.of(model, Loss.crossEntropy(), Optimizer.parse(optimizer), 1)) {
                for (int step = 0; step < steps; step++) {
                    List<HostArray> batch = batches.batch(step);
                    losses.add(trainer.step(batch.get(0), batch.get(1)));
                }
            }
            return new Run(losses, accuracy(model.predict(test.images.cast(dtype)), test.labels));
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

    @Test
    void agreesOnDigitsAtEveryStep() throws IOException {
        Map<String, Run> runs = new LinkedHashMap<>();
        for (String name : Backend.available()) {
            runs.put(name, train(name, DType.FLOAT64, "adam:lr=0.01", 200));
        }
        Run truth = Objects.requireNonNull(runs.get("reference"));
        runs.forEach((name, run) -> {
            assertThat(run.accuracy).as(name).isGreaterThan(0.95);
            for (int step = 0; step < run.losses.size(); step++) {
                assertThat(run.losses.get(step))
                        .as("%s, step %d", name, step)
                        .isCloseTo(truth.losses.get(step), within(1e-9 * Math.abs(truth.losses.get(step))));
            }
        });
    }

    @ParameterizedTest
    @MethodSource("org.lamina.Backend#available")
    void goesOnFromACheckpointWithTheSameBits(String name, @TempDir Path folder) throws IOException {
        Samples samples = Samples.read().part(0, 96);
        Batches batches = Batches.inOrder(List.of(samples.images, samples.labels), 32);
        Layer net = Sequential.of(new Dense(16), new Dropout(0.25), new Dense(10));
        try (Backend backend = Backend.load(name)) {
            Model straight = backend.model(net, DType.FLOAT64).initialize(Shape.of(Shape.BATCH, 64), 3);
            Model resumed = straight.copyTo(backend);
            Path file = folder.resolve("checkpoint.safetensors");
            double[] expected = new double[6];
            try (Trainer trainer = Trainer.of(straight, Loss.crossEntropy(), Optimizer.parse("adam:lr=0.01"), 1)) {
                for (int step = 0; step < 6; step++) {
                    if (step == 3) {
                        trainer.save(file);
                    }
                    expected[step] = trainer.step(
                            batches.batch(step).get(0), batches.batch(step).get(1));
                }
            }
            try (Trainer trainer = Trainer.of(resumed, Loss.crossEntropy(), Optimizer.parse("adam:lr=0.01"), 1)) {
                trainer.resume(file);
                assertThat(trainer.steps()).isEqualTo(3);
                for (int step = 3; step < 6; step++) {
                    assertThat(trainer.step(
                                    batches.batch(step).get(0),
                                    batches.batch(step).get(1)))
                            .isEqualTo(expected[step]);
                }
            }
            assertThat(resumed.parameters()).isEqualTo(straight.parameters());
        }
    }

    @ParameterizedTest
    @MethodSource("org.lamina.Backend#available")
    void keepsStatesAndLeavesFrozenParametersAlone(String name) {
        Layer counting = (scope, x) -> {
            State seen = scope.state("seen", Shape.scalar(), Initializer.zeros());
            seen.replace(seen.value().add(1));
            return scope.call("dense", new Dense(2), x);
        };
        try (Backend backend = Backend.load(name)) {
            Model model = backend.model(counting, DType.FLOAT64)
                    .initialize(Shape.of(Shape.BATCH, 3), 1)
                    .freeze("dense.weight");
            HostArray weight = model.parameter("dense.weight");
            HostArray bias = model.parameter("dense.bias");
            HostArray x = HostArray.uniform(Shape.of(4, 3), 1).cast(DType.FLOAT64);
            try (Trainer trainer = Trainer.of(model, Loss.meanSquaredError(), Optimizer.parse("momentum:lr=0.1"), 1)) {
                for (int i = 0; i < 3; i++) {
                    trainer.step(x, HostArray.of(Shape.of(4, 2), new double[8]));
                }
            }
            assertThat(model.parameter("seen").get()).isEqualTo(3);
            assertThat(model.parameter("dense.weight")).isEqualTo(weight);
            assertThat(model.parameter("dense.bias")).isNotEqualTo(bias);
        }
    }

    @ParameterizedTest
    @MethodSource("org.lamina.Backend#available")
    void takesSecondDerivatives(String name) {
        // y = sum x^3, so dy/dx = 3 x^2 and the second derivative is 6 x.
        Layer second = (scope, x) -> x.mul(x).mul(x).sum().gradient(x).sum().gradient(x);
        try (Backend backend = Backend.load(name)) {
            Model model = backend.model(second, DType.FLOAT64).initialize(Shape.of(3), 1);
            assertThat(model.predict(HostArray.of(Shape.of(3), 1.0, -2.0, 0.5)).toDoubles())
                    .containsExactly(6, -12, 3);
            assertThat(model.gradients(HostArray.of(Shape.of(3), 1.0, -2.0, 0.5))
                            .inputs())
                    .containsExactly(HostArray.of(Shape.of(3), 6.0, 6.0, 6.0));
        }
    }

    @ParameterizedTest
    @MethodSource("org.lamina.Backend#available")
    void trainsFourModelsAtOnce(String name) throws Exception {
        List<Double> alone = losses(name);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<List<Double>>> runs = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                runs.add(threads.submit(() -> losses(name)));
            }
            for (Future<List<Double>> run : runs) {
                assertThat(run.get()).isEqualTo(alone);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static List<Double> losses(String name) throws IOException {
        return train(name, DType.FLOAT64, "sgd:lr=0.1", 5).losses;
    }
}
