package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.io.Bundle;
import org.lamina.io.Safetensors;
import org.lamina.layer.Layer;
import org.lamina.layers.Dense;
import org.lamina.layers.Sequential;
import org.lamina.train.Clipping;
import org.lamina.train.Loss;
import org.lamina.train.Schedule;
import org.lamina.train.Sgd;
import org.lamina.train.Trainer;

/** What was frozen stays so when it is loaded, and a checkpoint goes on only in a training like its own. */
class FrozenTest {
    private static final Layer NET = Sequential.of(new Dense(4), new Dense(2));
    private static final HostArray X = HostArray.uniform(Shape.of(3, 5), 1).cast(DType.FLOAT64);
    private static final HostArray Y = HostArray.uniform(Shape.of(3, 2), 2).cast(DType.FLOAT64);

    @TempDir
    Path folder;

    private static Model model(Backend backend) {
        return backend.model(NET, DType.FLOAT64).initialize(X.shape(), 1);
    }

    private static void train(Model model) {
        try (Trainer trainer = Trainer.of(model, Loss.meanSquaredError(), new Sgd(0.1), 1)) {
            trainer.step(X, Y);
        }
    }

    @ParameterizedTest
    @MethodSource("org.lamina.Backend#available")
    @Rule({"10.5", "11.5"})
    void aBundleKeepsWhatIsFrozen(String name) {
        Path file = folder.resolve("net.zip");
        try (Backend backend = Backend.load(name)) {
            Bundle.of(model(backend).freeze("0").freeze("1.bias")).write(file);
            Model loaded = Bundle.read(file).model(backend, List.of(X.type()));
            assertThat(loaded.frozen()).containsExactly("0.weight", "0.bias", "1.bias");
            Map<String, HostArray> before = loaded.parameters();
            train(loaded);
            Map<String, HostArray> after = loaded.parameters();
            assertThat(after.get("0.weight")).isEqualTo(before.get("0.weight"));
            assertThat(after.get("0.bias")).isEqualTo(before.get("0.bias"));
            assertThat(after.get("1.bias")).isEqualTo(before.get("1.bias"));
            assertThat(after.get("1.weight")).isNotEqualTo(before.get("1.weight"));
        }
    }

    @ParameterizedTest
    @MethodSource("org.lamina.Backend#available")
    @Rule({"8.5", "10.5"})
    void aCheckpointKeepsWhatIsFrozen(String name) {
        Path file = folder.resolve("checkpoint.safetensors");
        try (Backend backend = Backend.load(name);
                Model saved = model(backend).freeze("0");
                Model resumed = model(backend);
                Model otherwise = model(backend).freeze("1");
                Trainer first = Trainer.of(saved, Loss.meanSquaredError(), new Sgd(0.1), 1);
                Trainer second = Trainer.of(resumed, Loss.meanSquaredError(), new Sgd(0.1), 1);
                Trainer third = Trainer.of(otherwise, Loss.meanSquaredError(), new Sgd(0.1), 1)) {
            first.step(X, Y);
            first.save(file);
            second.resume(file);
            assertThat(resumed.frozen()).containsExactly("0.weight", "0.bias");
            assertThat(second.step(X, Y)).isEqualTo(first.step(X, Y));
            assertThat(resumed.parameters()).isEqualTo(saved.parameters());
            refused(() -> third.resume(file), "frozen paths", "[0.weight, 0.bias]", "[1.weight, 1.bias]");
        }
    }

    /** On the oracle: nothing of it depends on the backend. */
    @Test
    @Rule("8.5")
    void goesOnOnlyInATrainingLikeItsOwn() {
        Path file = folder.resolve("checkpoint.safetensors");
        Schedule schedule = Schedule.cosine(100).afterWarmUp(5);
        try (Backend backend = Backend.load("reference");
                Model model = model(backend)) {
            try (Trainer trainer = trainer(model, Loss.huber(1), Clipping.byNorm(1), schedule)) {
                trainer.step(X, Y);
                trainer.save(file);
            }
            resume(
                    model,
                    file,
                    Loss.huber(1),
                    Clipping.byNorm(1),
                    Schedule.cosine(100).afterWarmUp(5));
            refused(
                    () -> resume(
                            model,
                            file,
                            Loss.huber(1),
                            Clipping.byNorm(1),
                            Schedule.cosine(200).afterWarmUp(5)),
                    "schedule",
                    "cosine:total=100 after warm-up:steps=5",
                    "cosine:total=200 after warm-up:steps=5");
            refused(
                    () -> resume(model, file, Loss.huber(1), Clipping.byNorm(1), Schedule.constant()),
                    "schedule",
                    "constant");
            refused(() -> resume(model, file, Loss.huber(2), Clipping.byNorm(1), schedule), "loss", "huber:delta=2.0");
            refused(() -> resume(model, file, Loss.huber(1), Clipping.none(), schedule), "clipping", "norm:limit=1.0");
        }
    }

    /** A lambda has no text; its factors tell it apart. */
    @Test
    @Rule("8.5")
    void comparesAScheduleOfOnesOwnByItsFactors() {
        Path file = folder.resolve("checkpoint.safetensors");
        try (Backend backend = Backend.load("reference");
                Model model = model(backend)) {
            try (Trainer trainer = trainer(model, Loss.huber(1), Clipping.none(), step -> 1 / (double) step)) {
                trainer.save(file);
            }
            resume(model, file, Loss.huber(1), Clipping.none(), step -> Math.pow((double) step, -1));
            refused(() -> resume(model, file, Loss.huber(1), Clipping.none(), step -> 1), "schedule.factors");
        }
    }

    /** What version 0.1.0 wrote before: no word of frozen paths, loss, clipping or schedule. */
    @Test
    @Rule("8.5")
    void takesACheckpointThatSaysNothingOfThem() {
        Path file = folder.resolve("checkpoint.safetensors");
        try (Backend backend = Backend.load("reference");
                Model model = model(backend)) {
            Map<String, String> metadata = Map.of(
                    "step", "3", "seed", "1", "generator", "Philox4x32-10", "optimizer", new Sgd(0.1).toString());
            new Safetensors(model.parameters(), metadata).write(file);
            model.freeze("1");
            try (Trainer trainer = trainer(model, Loss.huber(1), Clipping.none(), Schedule.constant())) {
                trainer.resume(file);
                assertThat(trainer.steps()).isEqualTo(3);
                assertThat(model.frozen()).containsExactly("1.weight", "1.bias");
            }
        }
    }

    @Test
    void refusesDamagedPaths() {
        for (String text : List.of("0.weight", "[\"0.wei\"]", "[\"0.weight\",]", "[0]")) {
            Safetensors weights = new Safetensors(Map.of("0.weight", X), Map.of("lamina/frozen", text));
            assertThatThrownBy(() -> new Bundle(NET, weights).frozen())
                    .as(text)
                    .isInstanceOfSatisfying(
                            LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FILE_FORMAT));
        }
    }

    private static Trainer trainer(Model model, Loss loss, Clipping clipping, Schedule schedule) {
        return Trainer.of(model, loss, new Sgd(0.1), clipping, schedule, 1);
    }

    private static void resume(Model model, Path file, Loss loss, Clipping clipping, Schedule schedule) {
        try (Trainer trainer = trainer(model, loss, clipping, schedule)) {
            trainer.resume(file);
        }
    }

    private static void refused(Runnable action, String... words) {
        assertThatThrownBy(action::run)
                .isInstanceOfSatisfying(
                        LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIGURATION))
                .hasMessageContainingAll(words);
    }
}
