package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.Backend;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.layers.Dense;
import org.lamina.train.Loss;
import org.lamina.train.Optimizer;
import org.lamina.train.Trainer;

/** A thread that is interrupted computes as ever, and writes nothing. */
class InterruptedCallsTest {
    private static final HostArray X = HostArray.uniform(Shape.of(2, 3), 1);
    private static final HostArray TARGET = HostArray.uniform(Shape.of(2, 4), 2);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @MethodSource("org.lamina.Backend#available")
    void nothingIsLost(String name) {
        Path file = folder.resolve("checkpoint.safetensors");
        try (Backend backend = Backend.load(name);
                Model model = backend.model(new Dense(4)).initialize(X.shape(), 1);
                Model same = model.copyTo(backend);
                Trainer trainer = trainer(model);
                Trainer other = trainer(same)) {
            trainer.save(file);
            double loss = other.step(X, TARGET);
            Thread.currentThread().interrupt();
            try {
                assertThat(trainer.step(X, TARGET)).isEqualTo(loss);
                assertThat(model.predict(X)).isEqualTo(same.predict(X));
                assertThatThrownBy(() -> trainer.save(file))
                        .isInstanceOfSatisfying(
                                LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FILE_ACCESS))
                        .hasMessageContaining("interrupted");
            } finally {
                assertThat(Thread.interrupted()).isTrue();
            }
            assertThat(folder.toFile().list()).containsExactly("checkpoint.safetensors");
            trainer.resume(file);
            assertThat(trainer.steps()).isZero();
            assertThat(trainer.step(X, TARGET)).isEqualTo(loss);
        }
    }

    private static Trainer trainer(Model model) {
        return Trainer.of(model, Loss.meanSquaredError(), Optimizer.parse("adam:lr=0.1"), 5);
    }
}
