package org.lamina.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lamina.cli.Invocation.lamina;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.Gradients;
import org.lamina.HostArray;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.io.Bundle;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.MyLinear;

class RunCommandTest {
    private static final HostArray X = Workspace.X;

    @TempDir
    Path folder;

    private Workspace work;

    @BeforeEach
    void prepare() {
        work = new Workspace(folder);
        work.text("layer.json", Workspace.LINEAR);
        work.arrays("x.safetensors", "x", X);
    }

    private Invocation run(String layer, String input, Object... more) {
        List<Object> arguments = new ArrayList<>(
                List.of("run", work.at(layer), "--input", work.at(input), "--output", work.at("out.safetensors")));
        arguments.addAll(List.of(more));
        if (!arguments.contains("--backend")) {
            arguments.addAll(List.of("--backend", Workspace.backend()));
        }
        return lamina(arguments.toArray());
    }

    private static HostArray expected(HostArray x, long seed) {
        try (Backend backend = Backend.load(Workspace.backend())) {
            return backend.model(new MyLinear(5, 3), x.dtype()).initializeWithOutput(x, seed);
        }
    }

    @Test
    void runsWithASeed() {
        assertThat(run("layer.json", "x.safetensors", "--seed", 3)).isEqualTo(new Invocation(0, "", ""));
        assertThat(work.read("out.safetensors")).isEqualTo(Map.of("y", expected(X, 3)));
    }

    @Test
    void runsWithTheWeightsThatInitWrote() {
        lamina(
                "init",
                work.at("layer.json"),
                "--input-shape",
                "2,5",
                "--seed",
                3,
                "--output",
                work.at("w.safetensors"));

        assertThat(run("layer.json", "x.safetensors", "--weights", work.at("w.safetensors"))
                        .exitCode())
                .isZero();
        assertThat(work.read("out.safetensors")).isEqualTo(Map.of("y", expected(X, 3)));
    }

    @Test
    void worksInTheInputsWidthAndCastsWeights() {
        lamina(
                "init",
                work.at("layer.json"),
                "--input-shape",
                "2,5",
                "--seed",
                3,
                "--output",
                work.at("w.safetensors"));
        work.arrays("x64.safetensors", "x", X.cast(DType.FLOAT64));

        assertThat(run("layer.json", "x64.safetensors", "--weights", work.at("w.safetensors"))
                        .exitCode())
                .isZero();
        HostArray y = Objects.requireNonNull(work.read("out.safetensors").get("y"));
        assertThat(y.dtype()).isEqualTo(DType.FLOAT64);
        assertThat(y.cast(DType.FLOAT32).toDoubles()[0])
                .isCloseTo(expected(X, 3).doubleAt(0), within());
    }

    private static Offset<Double> within() {
        return Offset.offset(1e-5);
    }

    @Test
    void aBundleBringsItsWeights() {
        try (Backend backend = Backend.load(Backends.REFERENCE)) {
            Model model = backend.model(new MyLinear(5, 3)).initialize(Shape.of(2, 5), 3);
            Bundle.of(model).write(work.at("bundle.zip"));
            Bundle.of(model).write(work.at("bundle"));
        }
        for (String bundle : List.of("bundle.zip", "bundle")) {
            assertThat(run(bundle, "x.safetensors").exitCode()).isZero();
            assertThat(work.read("out.safetensors")).isEqualTo(Map.of("y", expected(X, 3)));
        }
        assertThat(run("bundle", "x.safetensors", "--seed", 4).exitCode()).isZero();
        assertThat(work.read("out.safetensors"))
                .as("a seed goes before the bundle's weights")
                .isEqualTo(Map.of("y", expected(X, 4)));
    }

    @Test
    void aLayerWithoutParametersNeedsNoWeights() {
        work.text("layer.json", "{\"type\": \"CenteredLayer\"}");

        assertThat(run("layer.json", "x.safetensors").exitCode()).isZero();
        assertThat(work.read("out.safetensors")).containsOnlyKeys("y");
    }

    @Test
    void severalBackendsWriteAFileEach() {
        List<String> backends = Backend.available();
        assertThat(run("layer.json", "x.safetensors", "--seed", 3, "--backend", String.join(",", backends))
                        .exitCode())
                .isZero();
        if (backends.size() > 1) {
            for (String backend : backends) {
                assertThat(work.read("out." + backend + ".safetensors")).containsOnlyKeys("y");
            }
            assertThat(work.files()).doesNotContain("out.safetensors");
        }
    }

    @Test
    void gradientsAreThoseOfTheWeighedSum() {
        HostArray dy = HostArray.normal(Shape.of(2, 3), 9);
        work.arrays("x.safetensors", "x", X, "dy", dy);

        assertThat(run("layer.json", "x.safetensors", "--seed", 3, "--gradient").exitCode())
                .isZero();
        Map<String, HostArray> written = work.read("out.safetensors");
        try (Backend backend = Backend.load(Workspace.backend())) {
            Model model = backend.model(new MyLinear(5, 3)).initialize(Shape.of(2, 5), 3);
            Gradients gradients = model.gradients(List.of(X), List.of(dy));
            assertThat(written).containsOnlyKeys("y", "grad.x", "grad.weight", "grad.bias");
            assertThat(written.get("grad.x")).isEqualTo(gradients.inputs().get(0));
            assertThat(written.get("grad.weight"))
                    .isEqualTo(gradients.parameters().get("weight"));
            assertThat(written.get("grad.bias"))
                    .isEqualTo(gradients.parameters().get("bias"));
        }
    }

    @Test
    void withoutDyItIsOnes() {
        work.text("layer.json", "{\"type\": \"CenteredLayer\"}");

        assertThat(run("layer.json", "x.safetensors", "--gradient").exitCode()).isZero();
        HostArray gradient = work.read("out.safetensors").get("grad.x");
        try (Backend backend = Backend.load(Workspace.backend())) {
            Model model = backend.model(new CenteredLayer()).initialize(Shape.of(2, 5), 0);
            assertThat(gradient).isEqualTo(model.gradients(X).inputs().get(0));
        }
    }

    @Test
    void cotangentsMustHaveAnOutput() {
        HostArray dy = HostArray.normal(Shape.of(2, 3), 9);
        work.arrays("x.safetensors", "x", X, "dy1", dy);
        assertThat(run("layer.json", "x.safetensors", "--seed", 3, "--gradient").err())
                .contains("dy1 has no output");
        work.arrays("x.safetensors", "x", X, "dy", HostArray.normal(Shape.of(3, 2), 9));
        assertThat(run("layer.json", "x.safetensors", "--seed", 3, "--gradient").exitCode())
                .isEqualTo(2);
        assertThat(work.files()).doesNotContain("out.safetensors");
    }

    @Test
    void otherArraysOfTheInputAreLeftAlone() {
        work.arrays("x.safetensors", "x", X, "y", X, "labels", X);
        assertThat(run("layer.json", "x.safetensors", "--seed", 3).exitCode()).isZero();
    }

    @Test
    void theOutputsFolderIsMade() {
        assertThat(lamina(
                                "run",
                                work.at("layer.json"),
                                "--backend",
                                Workspace.backend(),
                                "--input",
                                work.at("x.safetensors"),
                                "--seed",
                                1,
                                "--output",
                                work.at("new/deep/y.safetensors"))
                        .exitCode())
                .isZero();
        assertThat(work.read("new/deep/y.safetensors")).containsOnlyKeys("y");
    }

    @Test
    void outputNamesTakeTheBackendBeforeTheExtension() {
        assertThat(OutputFiles.of(Path.of("a/out.safetensors"), "tf")).isEqualTo(Path.of("a/out.tf.safetensors"));
        assertThat(OutputFiles.of(Path.of("out"), "djl-mxnet")).isEqualTo(Path.of("out.djl-mxnet"));
        assertThat(OutputFiles.of(Path.of(".out"), "tf")).isEqualTo(Path.of(".out.tf"));
    }
}
