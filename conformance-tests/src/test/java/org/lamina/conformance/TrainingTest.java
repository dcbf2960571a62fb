package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.Generator;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.layer.Initializer;
import org.lamina.layer.Layer;
import org.lamina.layer.MultiLayer;
import org.lamina.layer.State;
import org.lamina.layers.BatchNorm;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Dense;
import org.lamina.layers.Dropout;
import org.lamina.layers.Gelu;
import org.lamina.layers.LayerNorm;
import org.lamina.layers.MyLinear;
import org.lamina.layers.Relu;
import org.lamina.layers.Sequential;
import org.lamina.train.Batches;
import org.lamina.train.Loss;
import org.lamina.train.Optimizer;
import org.lamina.train.Trainer;

/** What a trainer does to a model, on every backend on the class path. */
@ParameterizedClass
@MethodSource("org.lamina.Backend#available")
class TrainingTest {
    private static final Shape ROWS = Shape.of(Shape.BATCH, 3);

    private final Backend backend;

    TrainingTest(String backend) {
        this.backend = Backend.load(backend);
    }

    @AfterEach
    void close() {
        backend.close();
    }

    private Model model(Layer layer) {
        return backend.model(layer, DType.FLOAT64).initialize(ROWS, 1);
    }

    private static HostArray rows(int count) {
        return HostArray.uniform(Shape.of(count, 3), 7).cast(DType.FLOAT64);
    }

    private static HostArray zeros(long... sizes) {
        return HostArray.of(Shape.of(sizes), new double[(int) Shape.of(sizes).size()]);
    }

    private static Trainer trainer(Model model, String optimizer) {
        return Trainer.of(model, Loss.meanSquaredError(), Optimizer.parse(optimizer), 5);
    }

    /** y = w x of one parameter. */
    private static Layer scale(double start) {
        return (scope, x) -> x.mul(scope.parameter("w", Shape.scalar(), Initializer.constant(start)));
    }

    @Test
    @Rule("8.7")
    void changesTheModelItself() {
        Model model = model(scale(2));
        try (Trainer trainer = trainer(model, "sgd:lr=0.25")) {
            // loss = mean (w x)^2 with x = 1: w^2 = 4; gradient 2 w = 4; w = 2 - 0.25 * 4 = 1.
            HostArray ones = HostArray.of(Shape.of(1, 3), 1.0, 1.0, 1.0);
            assertThat(trainer.step(ones, zeros(1, 3))).isEqualTo(4);
            assertThat(model.predict(ones)).isEqualTo(ones);
            assertThat(trainer.steps()).isEqualTo(1);
            model.setParameter("w", HostArray.of(Shape.scalar(), 3.0));
            assertThat(trainer.step(ones, zeros(1, 3))).isEqualTo(9);
            assertThat(model.parameter("w").get()).isEqualTo(1.5);
        }
        assertThat(model.predict(rows(2)).dtype()).isEqualTo(DType.FLOAT64);
    }

    @Test
    @Rule("8.7")
    void addsTheGradientsOfTiedParameters() {
        Layer shared = scale(2);
        Model tied = model(Sequential.of(shared, shared));
        HostArray ones = HostArray.of(Shape.of(1, 3), 1.0, 1.0, 1.0);
        try (Trainer trainer = trainer(tied, "sgd:lr=0.01")) {
            // loss = (w^2)^2 = 16, gradient 4 w^3 = 32.
            assertThat(trainer.step(ones, zeros(1, 3))).isEqualTo(16);
            assertThat(tied.parameters()).containsOnlyKeys("0.w");
            assertThat(tied.parameter("1.w").get()).isCloseTo(2 - 0.01 * 32, within(1e-15));
        }
    }

    @Test
    @Rule({"8.7", "10.5"})
    void keepsStatesAndLeavesConstantsAndFrozenParametersAlone() {
        Layer counting = (scope, x) -> {
            State seen = scope.state("seen", Shape.scalar(), Initializer.zeros());
            seen.replace(seen.value().add(1));
            return scope.call("dense", new Dense(2), x.mul(scope.constant("c", Shape.of(3), Initializer.ones())));
        };
        Model model = model(counting).freeze("dense.weight");
        HostArray weight = model.parameter("dense.weight");
        HostArray bias = model.parameter("dense.bias");
        try (Trainer trainer = trainer(model, "momentum:lr=0.1,momentum=0.9")) {
            for (int i = 0; i < 3; i++) {
                trainer.step(rows(4), zeros(4, 2));
            }
            assertThat(model.parameter("seen").get()).isEqualTo(3);
            assertThat(model.parameter("c")).isEqualTo(HostArray.of(Shape.of(3), 1.0, 1.0, 1.0));
            assertThat(model.parameter("dense.weight")).isEqualTo(weight);
            assertThat(model.parameter("dense.bias")).isNotEqualTo(bias);
            model.unfreeze("dense.weight").freeze("dense.bias");
            HostArray kept = model.parameter("dense.bias");
            trainer.step(rows(4), zeros(4, 2));
            assertThat(model.parameter("dense.weight")).isNotEqualTo(weight);
            assertThat(model.parameter("dense.bias")).isEqualTo(kept);
        }
    }

    @Test
    void tracksRunningStatisticsInTrainingOnly() {
        Layer normalized = (scope, x) -> {
            State mean = scope.state("mean", Shape.of(3), Initializer.zeros());
            if (scope.training()) {
                mean.replace(mean.value().mul(0.9).add(x.mean(0).mul(0.1)));
                return x.sub(x.mean(0)).mul(scope.parameter("w", Shape.of(3), Initializer.ones()));
            }
            return x.sub(mean.value()).mul(scope.parameter("w", Shape.of(3), Initializer.ones()));
        };
        Model model = model(normalized);
        HostArray x = HostArray.of(Shape.of(2, 3), 1.0, 2, 3, 3, 6, 9);
        model.predict(x);
        assertThat(model.parameter("mean").toDoubles()).containsExactly(0, 0, 0);
        try (Trainer trainer = trainer(model, "sgd:lr=0.1")) {
            trainer.step(x, zeros(2, 3));
            trainer.step(x, zeros(2, 3));
        }
        double[] expected = {0.1 * 2 * 1.9, 0.1 * 4 * 1.9, 0.1 * 6 * 1.9};
        assertThat(model.parameter("mean").toDoubles()).containsExactly(expected, within(1e-15));
    }

    @Test
    @Rule("8.4")
    void drawsTheMasksOfTheSpecification() {
        Model model = model(Sequential.of(scale(1), new Dropout(0.5), new Dropout(0.25)));
        try (Trainer trainer = trainer(model, "sgd:lr=0")) {
            for (int step = 1; step <= 3; step++) {
                Generator generator = Generator.of(5).split("random").split(step);
                double squares = 0;
                for (int i = 0; i < 12; i++) {
                    boolean kept = generator.split(0).uniform(i) >= 0.5
                            && generator.split(1).uniform(i) >= 0.25;
                    squares += kept ? Math.pow(rows(4).doubleAt(i) / 0.5 / 0.75, 2) : 0;
                }
                assertThat(trainer.step(rows(4), zeros(4, 3))).isCloseTo(squares / 12, within(1e-15));
            }
        }
        assertThat(model.predict(rows(4))).isEqualTo(rows(4));
    }

    @Test
    void takesBatchesOfAnySizeAlsoWhereTheLayerAsksForIt() {
        Layer asking = (scope, x) ->
                scope.call("w", scale(1), x).div((double) x.shape().dim(0));
        for (Layer layer : List.of(scale(1), asking)) {
            Model model = backend.model(layer, DType.FLOAT64).initialize(Shape.of(2, 3), 1);
            try (Trainer trainer = trainer(model, "sgd:lr=0")) {
                for (int count : new int[] {1, 4, 2, 4}) {
                    double mean = 0;
                    for (double value : model.predict(rows(count)).toDoubles()) {
                        mean += value * value / (3 * count);
                    }
                    assertThat(trainer.step(rows(count), zeros(count, 3))).isCloseTo(mean, within(1e-15));
                }
            }
        }
    }

    @Test
    @Rule({"8.1", "8.7"})
    void refusesWhatDoesNotFitAndChangesNothing() {
        Model model = model(new Dense(4));
        Layer two = (MultiLayer) (scope, inputs) -> List.of(inputs.get(0), inputs.get(0));
        HostArray labels = HostArray.of(Shape.of(2), 3L, 4L);
        try (Trainer trainer = Trainer.of(model, Loss.crossEntropy(), Optimizer.parse("adam"), 5);
                Trainer other = trainer(model(two), "adam");
                Trainer vector = Trainer.of(model, (y, target) -> y.sub(target), Optimizer.parse("adam"), 5)) {
            var before = model.parameters();
            assertRefused(() -> trainer.step(rows(2), labels), ErrorCode.RANGE, "element 1 of target is 4", "the loss");
            assertRefused(() -> trainer.step(rows(2), zeros(2)), ErrorCode.SHAPE, "labels are integers");
            assertRefused(() -> trainer.step(rows(3), labels), ErrorCode.SHAPE, "cross-entropy");
            assertRefused(() -> trainer.step(zeros(2, 5), labels), ErrorCode.SHAPE, "weight");
            assertRefused(() -> other.step(rows(2), labels), ErrorCode.ARITY, "2 outputs");
            assertRefused(() -> vector.step(rows(2), zeros(2, 4)), ErrorCode.SHAPE, "a floating-point scalar");
            assertThat(model.parameters()).isEqualTo(before);
            assertThat(trainer.steps()).isZero();
            trainer.step(rows(2), HostArray.of(Shape.of(2), 3L, 0L));
            model.initialize(Shape.of(Shape.BATCH, 5), 1);
            assertRefused(() -> trainer.step(rows(2), HostArray.of(Shape.of(2), 3L, 0L)), ErrorCode.SHAPE, "weight");
            assertRefused(
                    () -> trainer.step(zeros(2, 5), HostArray.of(Shape.of(2), 3L, 0L)), ErrorCode.SHAPE, "new trainer");
        }
    }

    private static void assertRefused(Runnable action, ErrorCode code, String... words) {
        assertThatThrownBy(action::run)
                .isInstanceOfSatisfying(
                        LaminaException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContainingAll(words);
    }

    @Test
    void closesWithItsModel() {
        Model model = model(scale(1));
        Trainer trainer = trainer(model, "adam");
        trainer.step(rows(2), zeros(2, 3));
        model.close();
        assertRefused(() -> trainer.step(rows(2), zeros(2, 3)), ErrorCode.CLOSED, "closed");
        trainer.close();
    }

    @Test
    @Rule("8.5")
    void goesOnFromACheckpointWithTheSameBits(@TempDir Path folder) {
        Batches batches = digits();
        Layer net = Sequential.of(new Dense(16), new Dropout(0.25), new Dense(10));
        Model straight = backend.model(net, DType.FLOAT32).initialize(Shape.of(Shape.BATCH, 64), 3);
        Model resumed = straight.copyTo(backend);
        Path file = folder.resolve("checkpoint.safetensors");
        List<Double> expected = new ArrayList<>();
        try (Trainer trainer = Trainer.of(straight, Loss.crossEntropy(), Optimizer.parse("adam:lr=0.01"), 1)) {
            for (int step = 0; step < 6; step++) {
                if (step == 3) {
                    trainer.save(file);
                }
                expected.add(trainer.step(
                        batches.batch(step).get(0), batches.batch(step).get(1)));
            }
        }
        try (Trainer trainer = Trainer.of(resumed, Loss.crossEntropy(), Optimizer.parse("adam:lr=0.01"), 1)) {
            trainer.resume(file);
            for (long step = trainer.steps(); step < 6; step++) {
                assertThat(trainer.step(
                                batches.batch(step).get(0), batches.batch(step).get(1)))
                        .isEqualTo(expected.get((int) step));
            }
            assertThat(trainer.steps()).isEqualTo(6);
            trainer.resume(file);
            assertThat(trainer.steps()).isEqualTo(3);
        }
        try (Trainer trainer = Trainer.of(straight, Loss.crossEntropy(), Optimizer.parse("adam:lr=0.02"), 1)) {
            assertRefused(() -> trainer.resume(file), ErrorCode.CONFIGURATION, "optimizer", "0.02", "0.01");
        }
    }

    private static Batches digits() {
        Digits digits = Digits.load().first(96);
        return Batches.inOrder(List.of(digits.pixels().cast(DType.FLOAT32), digits.labels()), 32);
    }

    /** Four networks, seeds and optimizers at once: each gives the losses it gives alone, to the last bit. */
    @Test
    void trainsFourModelsAtOnce() throws Exception {
        List<List<Double>> alone = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            alone.add(losses(i));
        }
        assertThat(alone).doesNotHaveDuplicates();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<List<Double>>> runs = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int model = i;
                runs.add(threads.submit(() -> losses(model)));
            }
            for (int i = 0; i < 4; i++) {
                assertThat(runs.get(i).get()).as("model %d", i).isEqualTo(alone.get(i));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private List<Double> losses(int which) {
        Layer net = List.of(
                        Sequential.of(new Dense(32), new Relu(), new Dropout(0.1), new Dense(10)),
                        Sequential.of(new Dense(16), new CenteredLayer(), new Dense(10)),
                        Sequential.of(new LayerNorm(1e-5), new Dense(24), new Gelu(), new Dense(10)),
                        Sequential.of(new MyLinear(64, 20), new BatchNorm(1e-5), new Dense(10)))
                .get(which);
        String optimizer = List.of("adam:lr=0.01", "sgd:lr=0.1", "momentum:lr=0.05", "rmsprop:lr=0.01")
                .get(which);
        Batches batches = digits();
        List<Double> losses = new ArrayList<>();
        try (Model model = backend.model(net).initialize(Shape.of(Shape.BATCH, 64), which);
                Trainer trainer = Trainer.of(model, Loss.crossEntropy(), Optimizer.parse(optimizer), which)) {
            for (int step = 0; step < 20; step++) {
                List<HostArray> batch = batches.batch(step);
                losses.add(trainer.step(batch.get(0), batch.get(1)));
            }
        }
        return losses;
    }

    @Test
    void predictsWhileItTrains() throws Exception {
        Model model = model(scale(1));
        ExecutorService threads = Executors.newFixedThreadPool(2);
        HostArray ones = HostArray.of(Shape.of(1, 3), 1.0, 1.0, 1.0);
        try (Trainer trainer = trainer(model, "sgd:lr=0.25")) {
            Future<?> predicting = threads.submit(() -> {
                double last = 1;
                while (last > 1e-6) {
                    double now = model.predict(ones).doubleAt(0);
                    // Each step halves the parameter, so what is predicted is a power of a half and never grows.
                    assertThat(now).isLessThanOrEqualTo(last).isEqualTo(Math.scalb(1.0, Math.getExponent(now)));
                    last = now;
                }
            });
            Future<?> training = threads.submit(() -> {
                for (int step = 0; step < 30; step++) {
                    trainer.step(ones, zeros(1, 3));
                }
            });
            training.get();
            predicting.get();
        } finally {
            threads.shutdownNow();
        }
    }
}
