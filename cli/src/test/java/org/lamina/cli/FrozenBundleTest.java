package org.lamina.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lamina.cli.Invocation.lamina;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.Backend;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.io.Bundle;
import org.lamina.layers.Dense;
import org.lamina.layers.Sequential;

/** A bundle whose first layer is frozen. */
class FrozenBundleTest {
    @TempDir
    Path folder;

    private Workspace work;

    @BeforeEach
    void write() {
        work = new Workspace(folder);
        try (Backend backend = Backend.load(Backends.REFERENCE)) {
            Bundle.of(backend.model(Sequential.of(new Dense(4), new Dense(3)))
                            .initialize(Shape.of(2, 5), 1)
                            .freeze("0"))
                    .write(work.at("net.zip"));
        }
    }

    @Test
    void isShown() {
        assertThat(lamina("inspect", work.at("net.zip")).out()).isEqualToNormalizingNewlines("""
                        Sequential
                        ├─ 0 Dense(units=4)
                        │     0.weight       float32  (5, 4)  20  frozen
                        │     0.bias         float32  (4,)    4   frozen
                        └─ 1 Dense(units=3)
                              1.weight       float32  (4, 3)  12
                              1.bias         float32  (3,)    3
                        4 arrays, 39 values, 156 bytes
                        """);
    }

    @Test
    void isNotTrained() {
        String backend = Workspace.backend();
        work.arrays("data.safetensors", "x", Workspace.X, "y", HostArray.of(Shape.of(2, 3), 1f, 2f, 3f, 4f, 5f, 6f));
        Invocation result = lamina(
                "train",
                work.at("net.zip"),
                "--backend",
                backend,
                "--data",
                work.at("data.safetensors"),
                "--loss",
                "mse",
                "--optimizer",
                "sgd:lr=0.1",
                "--batch",
                2,
                "--steps",
                3,
                "--output",
                work.at("out"));
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out()).contains("not trained, being frozen: 0.weight, 0.bias");
        Map<String, HostArray> before =
                Bundle.read(work.at("net.zip")).weights().tensors();
        Map<String, HostArray> after = work.read("out/weights." + backend + ".safetensors");
        assertThat(after.get("0.weight")).isEqualTo(before.get("0.weight"));
        assertThat(after.get("0.bias")).isEqualTo(before.get("0.bias"));
        assertThat(after.get("1.weight")).isNotEqualTo(before.get("1.weight"));
        assertThat(lamina("inspect", work.at("out/weights." + backend + ".safetensors"))
                        .out())
                .contains("lamina/frozen");
        assertThat(lamina("port", "--from", "lamina:" + work.at("net.zip"), "--to", "lamina:" + work.at("ported.zip"))
                        .exitCode())
                .isZero();
        assertThat(Bundle.read(work.at("ported.zip")).frozen()).containsExactly("0.weight", "0.bias");
    }
}
