package org.lamina.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lamina.cli.Invocation.lamina;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.Backend;
import org.lamina.HostArray;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.io.Bundle;
import org.lamina.layer.Layer;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Dense;
import org.lamina.layers.Sequential;

class InspectCommandTest {
    @TempDir
    Path folder;

    private Workspace work;

    @BeforeEach
    void prepare() {
        work = new Workspace(folder);
    }

    @Test
    void anArchitectureWithoutAShape() {
        work.text(
                "layer.json",
                "{\"type\": \"Sequential\", \"layers\": [{\"type\": \"Dense\", \"units\": 128}, {\"type\": \"CenteredLayer\"}]}");
        assertThat(lamina("inspect", work.at("layer.json")).out()).isEqualToNormalizingNewlines("""
                        Sequential
                        ├─ 0 Dense(units=128)
                        └─ 1 CenteredLayer
                        no parameters are known yet: --input-shape tells the shapes of those it has
                        """);
    }

    @Test
    void anArchitectureWithAShape() {
        work.text(
                "layer.json",
                "{\"type\": \"Sequential\", \"layers\": [{\"type\": \"Sequential\", \"layers\": [{\"type\": \"Dense\", \"units\": 8, "
                        + "\"id\": \"d\"}, {\"ref\": \"d\"}]}, {\"type\": \"MyDense\", \"units\": 1}]}");
        assertThat(lamina("inspect", work.at("layer.json"), "--input-shape", "2,8")
                        .out())
                .isEqualToNormalizingNewlines("""
                        Sequential
                        ├─ 0 Sequential
                        │  ├─ 0 Dense(units=8)
                        │  │     0.0.weight                      float32  (8, 8)  64
                        │  │     0.0.bias                        float32  (8,)    8
                        │  └─ 1 Dense(units=8), the same as 0.0
                        └─ 1 MyDense(units=1)
                              1.weight                           float32  (8, 1)  8
                              1.bias                             float32  (1,)    1
                        4 arrays, 81 values, 324 bytes
                        """);
    }

    @Test
    void aBundleKnowsItsShapes() {
        Layer net = Sequential.of(new Dense(3), new CenteredLayer());
        try (Backend backend = Backend.load(Backends.REFERENCE)) {
            Model model = backend.model(net).initialize(Shape.of(2, 5), 3);
            Bundle.of(model).write(work.at("bundle.zip"));
        }
        assertThat(lamina("inspect", work.at("bundle.zip")).out())
                .contains("0 Dense(units=3)")
                .contains("0.weight")
                .contains("(5, 3)")
                .contains("2 arrays, 18 values, 72 bytes");
    }

    @Test
    void arraysOfAFile() {
        work.arrays(
                "w.safetensors", "a", HostArray.normal(Shape.of(2, 1000), 1), "b", HostArray.of(Shape.scalar(), 1L));
        assertThat(lamina("inspect", work.at("w.safetensors")).out()).isEqualToNormalizingNewlines("""
                        a  float32  (2, 1000)  2,000
                        b  int64    ()         1
                        2 arrays, 2,001 values, 8,008 bytes
                        """);
    }

    @Test
    void twoFilesOfWeights() {
        HostArray a = HostArray.of(Shape.of(2, 3), 1f, 2f, 3f, 4f, 5f, 6f);
        work.arrays("a.safetensors", "w", a, "b", HostArray.of(Shape.of(2), 0f, Float.NaN), "old", a);
        work.arrays(
                "b.safetensors",
                "w",
                a.with(3.5, 1, 0).with(2.25, 0, 1),
                "b",
                HostArray.of(Shape.of(2), 0f, Float.NaN),
                "new",
                HostArray.of(Shape.of(1), 1L));
        Invocation result = lamina("inspect", work.at("a.safetensors"), work.at("b.safetensors"));
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).isEqualToNormalizingNewlines("""
                        array  first           second          differing  largest difference
                        w      float32 (2, 3)  float32 (2, 3)  2 of 6     0.500 at [1, 0]: 4.0 and 3.5
                        b      float32 (2,)    float32 (2,)    none
                        old    float32 (2, 3)  -               all
                        new    -               int64 (1,)      all
                        3 of 4 arrays differ; the largest difference is 0.500, in w
                        """);
        Invocation equal = lamina("inspect", work.at("a.safetensors"), work.at("a.safetensors"));
        assertThat(equal.exitCode()).isZero();
        assertThat(equal.out()).endsWith("all 3 arrays are equal, to the last bit" + System.lineSeparator());
    }

    @Test
    void signsOfZeroAndNumbersAgainstNoneDiffer() {
        work.arrays("a.safetensors", "w", HostArray.of(Shape.of(3), 0f, 1f, 2f));
        work.arrays("b.safetensors", "w", HostArray.of(Shape.of(3), -0f, Float.NaN, 9f));
        assertThat(lamina("inspect", work.at("a.safetensors"), work.at("b.safetensors"))
                        .out())
                .contains("3 of 3     NaN at [1]: 1.0 and NaN")
                .contains("the largest difference is NaN, in w");
    }

    @Test
    void twoModelsOfDifferentFormats() {
        try (Backend backend = Backend.load(Backends.REFERENCE)) {
            Model model = backend.model(Sequential.of(new Dense(3))).initialize(Shape.of(2, 5), 3);
            Bundle.of(model).write(work.at("net.zip"));
            model.setParameter("0.bias", HostArray.of(Shape.of(3), 0f, 0f, 1f));
            Bundle.of(model).write(work.at("other.zip"));
        }
        lamina("port", "--from", "lamina:" + work.at("net.zip"), "--to", "torch:" + work.at("net.safetensors"));
        Invocation equal = lamina("inspect", work.at("net.zip"), "torch:" + work.at("net.safetensors"));
        assertThat(equal.exitCode()).isZero();
        assertThat(equal.out()).startsWith("the layers are equal");
        assertThat(lamina("inspect", "torch:" + work.at("net.safetensors")).out())
                .contains("0 Dense(units=3)")
                .contains("2 arrays, 18 values, 72 bytes");
        Invocation tampered = lamina("inspect", "torch:" + work.at("net.safetensors"), work.at("other.zip"));
        assertThat(tampered.exitCode()).isEqualTo(1);
        assertThat(tampered.out()).contains("1 of 2 arrays differs; the largest difference is 1.00, in 0.bias");
    }
}
