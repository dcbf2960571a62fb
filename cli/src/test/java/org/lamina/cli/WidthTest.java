package org.lamina.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.lamina.cli.Invocation.lamina;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.io.Bundle;
import org.lamina.io.LayerJson;
import org.lamina.io.Safetensors;
import org.lamina.port.ModelFormat;
import org.lamina.port.ModelFormats;

/**
 * Which width the command works in. The layer is Sequential(Embedding(3, 2), Dense(1)); the right values were worked out by hand in
 * decimals, and float32 is off by more than 1e-9 in each.
 */
class WidthTest {
    private static final String LAYER =
            "{\"type\": \"Sequential\", \"layers\": [{\"type\": \"Embedding\", \"size\": 3, "
                    + "\"units\": 2}, {\"type\": \"Dense\", \"units\": 1}]}";
    private static final HostArray X = HostArray.of(Shape.of(3), 2L, 0L, 2L);
    private static final HostArray DY = HostArray.of(Shape.of(3, 1), 0.1, 0.7, 1.3);
    private static final HostArray TABLE = HostArray.of(Shape.of(3, 2), 0.1, 0.2, 0.3, 0.7, 1.1, 12.3);
    private static final HostArray WEIGHT = HostArray.of(Shape.of(2, 1), 0.9, 1.7);
    private static final HostArray BIAS = HostArray.of(Shape.of(1), 0.01);

    @TempDir
    Path folder;

    private Workspace work;

    @BeforeEach
    void prepare() {
        work = new Workspace(folder);
        work.text("layer.json", LAYER);
        work.arrays("x.safetensors", "x", X, "dy", DY);
        work.arrays("w.safetensors", "0.weight", TABLE, "1.weight", WEIGHT, "1.bias", BIAS);
    }

    private Map<String, HostArray> run(String backend, String input, Object... more) {
        List<Object> arguments = new ArrayList<>(List.of(
                "run",
                work.at("layer.json"),
                "--input",
                work.at(input),
                "--output",
                work.at("out.safetensors"),
                "--gradient"));
        arguments.addAll(List.of("--backend", backend));
        arguments.addAll(List.of(more));
        assertThat(lamina(arguments.toArray())).isEqualTo(new Invocation(0, "", ""));
        return work.read("out.safetensors");
    }

    private static void requireClose(Map<String, HostArray> results, String name, double... expected) {
        HostArray value = Objects.requireNonNull(results.get(name));
        assertThat(value.dtype()).as(name).isEqualTo(DType.FLOAT64);
        assertThat(value.toDoubles()).as(name).containsExactly(expected, within(1e-14));
    }

    @ParameterizedTest
    @MethodSource("org.lamina.Backend#available")
    void isThatOfTheWeightsForIntegers(String backend) {
        Map<String, HostArray> results = run(backend, "x.safetensors", "--weights", work.at("w.safetensors"));
        // 1.1 * 0.9 + 12.3 * 1.7 + 0.01 = 21.91; 0.1 * 0.9 + 0.2 * 1.7 + 0.01 = 0.44
        requireClose(results, "y", 21.91, 0.44, 21.91);
        // Row 0 has 0.7 (0.9, 1.7), row 2 has (0.1 + 1.3) (0.9, 1.7).
        requireClose(results, "grad.0.weight", 0.63, 1.19, 0, 0, 1.26, 2.38);
        // 1.4 * 1.1 + 0.7 * 0.1 = 1.61; 1.4 * 12.3 + 0.7 * 0.2 = 17.36
        requireClose(results, "grad.1.weight", 1.61, 17.36);
        requireClose(results, "grad.1.bias", 2.1);
    }

    @ParameterizedTest
    @MethodSource("org.lamina.Backend#available")
    void isThatOfDyWhereWeightsAreDrawn(String backend) {
        Map<String, HostArray> results = run(backend, "x.safetensors", "--seed", 1);
        requireClose(results, "grad.1.bias", 2.1);
        work.arrays("alone.safetensors", "x", X);
        assertThat(Objects.requireNonNull(
                                run(backend, "alone.safetensors", "--seed", 1).get("y"))
                        .dtype())
                .isEqualTo(DType.FLOAT32);
    }

    @ParameterizedTest
    @MethodSource("org.lamina.Backend#available")
    void isTheOneThatIsNamed(String backend) {
        Map<String, HostArray> narrow =
                run(backend, "x.safetensors", "--weights", work.at("w.safetensors"), "--dtype", "float32");
        assertThat(narrow.values()).allMatch(value -> value.dtype() == DType.FLOAT32);
        work.arrays("alone.safetensors", "x", X);
        assertThat(run(backend, "alone.safetensors", "--seed", 1, "--dtype", "float64")
                        .values())
                .allMatch(value -> value.dtype() == DType.FLOAT64);
    }

    @Test
    void weightsOfBothWidthsDecideNothing() {
        work.arrays("mixed.safetensors", "0.weight", TABLE, "1.weight", WEIGHT.cast(DType.FLOAT32), "1.bias", BIAS);
        Invocation result = lamina(
                "run",
                work.at("layer.json"),
                "--backend",
                Workspace.backend(),
                "--input",
                work.at("x.safetensors"),
                "--weights",
                work.at("mixed.safetensors"),
                "--output",
                work.at("out.safetensors"));
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("its weights are both float32 and float64", "[DTYPE]");
    }

    /** With one step of sgd on mse: the loss of 0 against y is the mean of (y - 0)^2. */
    @Test
    void ofTrainingIsThatOfTheWeightsToo() {
        work.arrays("data.safetensors", "x", X, "y", HostArray.of(Shape.of(3, 1), 0f, 0f, 0f));
        Invocation result = lamina(
                "train",
                work.at("layer.json"),
                "--backend",
                Workspace.backend(),
                "--data",
                work.at("data.safetensors"),
                "--weights",
                work.at("w.safetensors"),
                "--loss",
                "mse",
                "--optimizer",
                "sgd:lr=0",
                "--batch",
                3,
                "--steps",
                1,
                "--output",
                work.at("out"));
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(work.read("out/weights." + Workspace.backend() + ".safetensors")
                        .get("0.weight"))
                .isEqualTo(TABLE);
    }

    @Test
    void inputShapesTakeWhatTheFirstLayerNeeds() {
        assertThat(lamina("inspect", work.at("layer.json"), "--input-shape", "2,5")
                        .out())
                .contains("0.weight", "1.weight");
        Invocation init = lamina(
                "init",
                work.at("layer.json"),
                "--input-shape",
                "2,5",
                "--seed",
                1,
                "--output",
                work.at("i.safetensors"));
        assertThat(init).isEqualTo(new Invocation(0, "", ""));
        assertThat(work.read("i.safetensors")).containsOnlyKeys("0.weight", "1.weight", "1.bias");
        Invocation conform = lamina(
                "conform", "--backend", Workspace.backend(), "--layer", work.at("layer.json"), "--input-shape", "2,5");
        assertThat(conform.exitCode()).as(conform.err()).isZero();
        assertThat(conform.out()).contains("checks are right");
    }

    @Test
    void portingRoundsNothing() {
        Path weights = work.arrays(
                "net.safetensors",
                "weight",
                HostArray.normal(Shape.of(5, 3), 1),
                "bias",
                HostArray.generate(new TensorType(DType.FLOAT64, Shape.of(3)), i -> 0.1 * i));
        Path source = work.at("net.zip");
        new Bundle(LayerJson.standard().parse(Workspace.LINEAR), Safetensors.read(weights)).write(source);
        for (ModelFormat format : ModelFormats.all()) {
            Path target = work.at(format.name() + ".of-one-width");
            Invocation port = lamina("port", "--from", "lamina:" + source, "--to", format.name() + ":" + target);
            assertThat(port.exitCode()).isEqualTo(2);
            assertThat(port.err()).contains("both float32 and float64", "Nothing was ported");
            assertThat(target).doesNotExist();
        }
    }
}
