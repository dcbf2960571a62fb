package org.lamina.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lamina.cli.Invocation.lamina;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.Gradients;
import org.lamina.HostArray;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.io.Bundle;
import org.lamina.io.Npz;
import org.lamina.io.Safetensors;
import org.lamina.layer.Layer;
import org.lamina.layers.BatchNorm;
import org.lamina.layers.Conv2d;
import org.lamina.layers.ConvTranspose2d;
import org.lamina.layers.Dense;
import org.lamina.layers.Flatten;
import org.lamina.layers.Gru;
import org.lamina.layers.Relu;
import org.lamina.layers.Residual;
import org.lamina.layers.Sequential;

/** Models of real PyTorch, Keras and Flax, and what becomes of them in every format of weights. */
class PortCommandTest {
    private static final Path FRAMEWORKS = Path.of("src", "test", "resources", "org", "lamina", "cli");
    private static final Path PYTORCH = FRAMEWORKS.resolve("pytorch");
    /** The frameworks compute these in float32: two runs of some ten layers, each with sums of a few dozen terms. */
    private static final double ERROR = 2e-6;

    @TempDir
    Path folder;

    private Workspace work;

    @BeforeEach
    void prepare() {
        work = new Workspace(folder);
    }

    /** Files that PyTorch, Keras and Flax wrote themselves. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "torch:pytorch/lenet.safetensors",
                "torch:pytorch/recurrent.safetensors",
                "torch:pytorch/attention.safetensors",
                "keras:keras/lenet.weights.h5",
                "keras:keras/lenet.keras",
                "keras:keras/recurrent.weights.h5",
                "keras:keras/attention.weights.h5",
                "flax:flax/lenet.safetensors",
                "flax:flax/recurrent.safetensors",
                "flax:flax/attention.safetensors"
            })
    void aModelOfAnotherFrameworkGivesItsOutputsAndGradients(String place) {
        int colon = place.indexOf(':');
        String name = place.substring(colon + 1, place.indexOf('.'));
        port(
                place.substring(0, colon + 1) + FRAMEWORKS.resolve(place.substring(colon + 1)),
                "lamina:" + work.at("net.zip"));
        Bundle bundle = Bundle.read(work.at("net.zip"));
        Map<String, HostArray> expected = Safetensors.read(FRAMEWORKS.resolve(name + ".expected.safetensors"))
                .tensors();
        HostArray x = Objects.requireNonNull(expected.get("x"));
        try (Backend backend = Backend.load(Workspace.backend());
                Model model = backend.model(bundle.layer())) {
            model.initialize(List.of(x.type()), bundle.weights().tensors());
            Gradients got = model.gradients(List.of(x), List.of(Objects.requireNonNull(expected.get("dy"))));
            requireClose(got.outputs().get(0), Objects.requireNonNull(expected.get("y")));
            if (expected.containsKey("grad.x")) {
                requireClose(
                        Objects.requireNonNull(got.inputs().get(0)), Objects.requireNonNull(expected.get("grad.x")));
            }
        }
    }

    private static void requireClose(HostArray got, HostArray expected) {
        assertThat(got.type()).isEqualTo(expected.type());
        double scale = Arrays.stream(expected.toDoubles()).map(Math::abs).max().orElse(0);
        assertThat(got.toDoubles()).containsExactly(expected.toDoubles(), Offset.offset(ERROR * Math.max(1, scale)));
    }

    static Stream<Arguments> modelsAndFormats() {
        return Stream.of("lenet", "recurrent", "attention").flatMap(name -> Stream.of(
                        "torch:net.safetensors",
                        "torch:net",
                        "keras:net.weights.h5",
                        "keras:net.safetensors",
                        "flax:net.safetensors",
                        "npz:net.npz",
                        "lamina:net",
                        "lamina:net.safetensors")
                // Its GroupNorm works along the time, which is no channel axis in what has the channels last.
                .filter(format -> !name.equals("attention") || !format.matches("(keras|flax):.*"))
                .map(format -> Arguments.of(name, format)));
    }

    @ParameterizedTest
    @MethodSource("modelsAndFormats")
    void thereAndBackGivesTheSameBytes(String name, String target) throws IOException {
        port("torch:" + PYTORCH.resolve(name + ".safetensors"), "lamina:" + work.at("first.zip"));
        String there = target.replace(":", ":" + folder + "/");
        port("lamina:" + work.at("first.zip"), there);
        port(there, "lamina:" + work.at("second.zip"));
        assertThat(work.at("second.zip")).hasSameBinaryContentAs(work.at("first.zip"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"keras:net.weights.h5", "flax:net.safetensors"})
    void aNormAlongTheTimeIsRefusedWhereTheChannelsAreLast(String target) {
        String there = target.replace(":", ":" + folder + "/");
        Invocation result =
                lamina("port", "--from", "torch:" + PYTORCH.resolve("attention.safetensors"), "--to", there);
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("layer 3 (GroupNorm)", "where the channels are last", "Nothing was ported");
        assertThat(work.files()).isEmpty();
    }

    private void port(String from, String to) {
        Invocation result = lamina("port", "--from", from, "--to", to);
        assertThat(result.err()).isEmpty();
        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).startsWith(from + " is now " + to + ": ");
    }

    private Path bundle(Layer layer, Shape input) {
        try (Backend backend = Backend.load(Backends.REFERENCE);
                Model model = backend.model(layer)) {
            Bundle.of(model.initialize(input, 3)).write(work.at("net.zip"));
        }
        return work.at("net.zip");
    }

    private Safetensors ported(Layer layer, Shape input, String format) {
        bundle(layer, input);
        port("lamina:" + work.at("net.zip"), format + ":" + work.at("out.safetensors"));
        return Safetensors.read(work.at("out.safetensors"));
    }

    @Test
    void everyFormatTurnsItsKernels() {
        Layer net = Sequential.of(new Conv2d(4, List.of(3L, 2L)), new Flatten(), new Dense(5));
        Shape input = Shape.of(2, 3, 5, 6);
        Safetensors torch = ported(net, input, "torch");
        Safetensors own = Bundle.read(work.at("net.zip")).weights();
        HostArray kernel = own.tensor("0.weight");
        HostArray dense = own.tensor("2.weight");
        assertThat(torch.tensor("0.weight")).isEqualTo(kernel);
        assertThat(torch.tensor("2.weight").shape()).isEqualTo(Shape.of(5, 60));
        assertThat(torch.tensor("2.weight").get(3, 17)).isEqualTo(dense.get(17, 3));
        for (String format : List.of("keras", "flax")) {
            Safetensors other = ported(net, input, format);
            String first = format.equals("keras") ? "layers/conv2d/vars/0" : "params.layers_0.kernel";
            String last = format.equals("keras") ? "layers/dense/vars/0" : "params.layers_2.kernel";
            assertThat(other.tensor(first).shape()).isEqualTo(Shape.of(3, 2, 3, 4));
            assertThat(other.tensor(first).get(2, 1, 0, 3)).isEqualTo(kernel.get(3, 0, 2, 1));
            // Channel 2 of place 7 of 15: row 2 * 15 + 7 with the channels first, 7 * 4 + 2 with the channels last.
            assertThat(other.tensor(last).get(7 * 4 + 2, 1)).isEqualTo(dense.get(2 * 15 + 7, 1));
        }
    }

    @Test
    void gatesStandInTheFrameworksOrder() {
        Layer net = Sequential.of(new Gru(2));
        Safetensors keras = ported(net, Shape.of(1, 2, 3), "keras");
        Safetensors own = Bundle.read(work.at("net.zip")).weights();
        assertThat(keras.tensor("layers/gru/cell/vars/0").get(1, 0))
                .isEqualTo(own.tensor("0.weightUpdate").get(1, 0));
        assertThat(keras.tensor("layers/gru/cell/vars/0").get(1, 3))
                .isEqualTo(own.tensor("0.weightReset").get(1, 1));
        assertThat(keras.tensor("layers/gru/cell/vars/2").shape()).isEqualTo(Shape.of(2, 6));
        Safetensors torch = ported(net, Shape.of(1, 2, 3), "torch");
        assertThat(torch.tensor("0.weight_ih_l0").get(0, 1))
                .isEqualTo(own.tensor("0.weightReset").get(1, 0));
        Safetensors flax = ported(net, Shape.of(1, 2, 3), "flax");
        assertThat(flax.tensor("params.layers_0.cell.hz.kernel")).isEqualTo(own.tensor("0.recurrentUpdate"));
    }

    @Test
    void flaxDoesNotTurnTransposedKernelsRoundAndKeepsStatistics() {
        Layer net = Sequential.of(new ConvTranspose2d(2, List.of(3L, 2L)), new BatchNorm(1e-5));
        Safetensors flax = ported(net, Shape.of(1, 4, 5, 5), "flax");
        HostArray own = Bundle.read(work.at("net.zip")).weights().tensor("0.weight");
        assertThat(flax.tensor("params.layers_0.kernel").get(0, 0, 3, 1)).isEqualTo(own.get(3, 1, 2, 1));
        assertThat(flax.tensors()).containsKey("batch_stats.layers_1.mean");
    }

    @Test
    void slashesAndNamesWithoutCollectionAreReadToo() {
        work.arrays(
                "w.safetensors",
                "layers_0/kernel",
                HostArray.normal(Shape.of(3, 2), 1),
                "params/layers_0/bias",
                HostArray.normal(Shape.of(2), 2));
        work.text("layer.json", "{\"type\": \"Sequential\", \"layers\": [{\"type\": \"Dense\", \"units\": 2}]}");
        port("flax:" + work.at("w.safetensors"), "npz:" + work.at("w.npz"));
        assertThat(Npz.read(work.at("w.npz")).keySet()).containsExactly("0.weight", "0.bias");
    }

    @Test
    void aSharedLayerIsWrittenOnceAndStaysShared() {
        Layer shared = new Dense(3);
        Layer net = Sequential.of(shared, new Relu(), new Residual(shared));
        assertThat(ported(net, Shape.of(2, 3), "torch").tensors().keySet()).containsExactly("0.weight", "0.bias");
        assertThat(Safetensors.read(work.at("out.safetensors")).metadata()).containsEntry("2.layer.weight", "0.weight");
        port("torch:" + work.at("out.safetensors"), "lamina:" + work.at("back.zip"));
        assertThat(work.at("back.zip")).hasSameBinaryContentAs(work.at("net.zip"));
    }

    @Test
    void verifyPrintsATableOfEveryLayer() {
        bundle(Sequential.of(new Dense(4, new Relu()), new Dense(2)), Shape.of(2, 3));
        Invocation result = lamina(
                "port",
                "--from",
                "lamina:" + work.at("net.zip"),
                "--to",
                "torch:" + work.at("t.safetensors"),
                "--verify");
        assertThat(result.exitCode()).isZero();
        assertThat(result.out())
                .contains("torch on "
                        + Workspace.frameworks().stream().findFirst().orElse("reference"))
                .containsPattern("0 Dense +output ")
                .containsPattern("1 Dense +grad\\.1\\.weight ")
                .contains("source and target agree; the worst error takes ");
    }

    @Test
    void verifyNamesTheFirstLayerThatDiffers() {
        Layer net = Sequential.of(new Dense(4), new Relu(), new Dense(2));
        Bundle model = Bundle.read(bundle(net, Shape.of(2, 3)));
        Map<String, HostArray> altered = new LinkedHashMap<>(model.weights().tensors());
        altered.computeIfPresent("2.bias", (path, bias) -> HostArray.full(bias.type(), 1e-3));
        new Bundle(net, Safetensors.of(altered)).write(work.at("altered.zip"));
        StringWriter out = new StringWriter();
        boolean agree = new PortVerification(model, null, List.of(new TensorType(DType.FLOAT32, Shape.of(2, 3))), null)
                .compare(
                        new ModelPlace("lamina", work.at("net.zip")),
                        new ModelPlace("lamina", work.at("altered.zip")),
                        new PrintWriter(out));
        assertThat(agree).isFalse();
        assertThat(out.toString())
                .contains(" wrong")
                .contains("source and target differ, first in 2 Dense, output, lamina on ");
    }

    @Test
    void allThatDoesNotFitIsListedAndNothingIsWritten() {
        work.arrays(
                "w.safetensors",
                "0.weight",
                HostArray.normal(Shape.of(4, 3), 1),
                "0.bias",
                HostArray.normal(Shape.of(4), 2),
                "1.weight",
                HostArray.normal(Shape.of(2, 5), 3),
                "2.extra",
                HostArray.normal(Shape.of(1), 3));
        work.text(
                "layer.json",
                "{\"type\": \"Sequential\", \"layers\": [{\"type\": \"Dense\", \"units\": 4}, {\"type\": \"Dense\", \"units\": 2}]}");
        Invocation result = refused("torch:" + work.at("w.safetensors"));
        assertThat(result.err())
                .contains("1.bias: is missing from the file, and layer 1 (Dense) needs it")
                .contains("2.extra: float32 (1,) is in the file, and no layer of the architecture takes it")
                .contains("[WEIGHTS]");
    }

    @Test
    void shapesOfNeighboursMustFit() {
        work.arrays(
                "w.safetensors",
                "0.weight",
                HostArray.normal(Shape.of(4, 3), 1),
                "0.bias",
                HostArray.normal(Shape.of(4), 2),
                "1.weight",
                HostArray.normal(Shape.of(2, 5), 3),
                "1.bias",
                HostArray.normal(Shape.of(3), 3));
        work.text(
                "layer.json",
                "{\"type\": \"Sequential\", \"layers\": [{\"type\": \"Dense\", \"units\": 4}, {\"type\": \"Dense\", \"units\": 2}]}");
        assertThat(refused("torch:" + work.at("w.safetensors")).err())
                .contains("1.weight is float32 (5, 2) in the file and float32 (4, 2) in the architecture")
                .contains("1.bias is float32 (3,) in the file and float32 (2,) in the architecture");
    }

    @Test
    void aLayerThatTheFormatDoesNotKnowIsReported() {
        work.text("net.layer.json", "{\"type\": \"Sequential\", \"layers\": [{\"type\": \"test.Shift\"}]}");
        work.arrays("net.safetensors", "layers_0.by", HostArray.normal(Shape.of(3), 1));
        assertThat(refused("flax:" + work.at("net.safetensors")).err())
                .contains(
                        "layer 0 (Shift): flax has no layer of this kind, and no LayerConverter is registered for it");
        work.arrays("net.safetensors", "0.by", HostArray.normal(Shape.of(3), 1));
        assertThat(lamina("port", "--from", "lamina:" + work.at("net.safetensors"), "--to", "keras:" + work.at("k.h5"))
                        .err())
                .contains("0.by: layer 0 (Shift): keras has no layer of this kind");
        assertThat(work.files()).doesNotContain("k.h5");
    }

    @Test
    void aConverterOfOnesOwnIsUsed() {
        work.text("net.layer.json", "{\"type\": \"Sequential\", \"layers\": [{\"type\": \"test.Shift\"}]}");
        work.arrays("net.safetensors", "0.offset", HostArray.of(Shape.of(3), 1f, 2f, 3f));
        port("torch:" + work.at("net.safetensors"), "lamina:" + work.at("net.zip"));
        assertThat(Bundle.read(work.at("net.zip")).weights().tensors())
                .containsEntry("0.by", HostArray.of(Shape.of(3), 1f, 2f, 3f));
    }

    @Test
    void weightsWithoutAnArchitectureAreRefused() {
        work.arrays("w.safetensors", "0.weight", HostArray.normal(Shape.of(4, 3), 1));
        assertThat(refused("torch:" + work.at("w.safetensors")).err())
                .contains("layer.json")
                .contains("--layer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"torch:w.safetensors", "npz:w.npz", "keras:w.weights.h5", "keras:w.keras", "lamina:w.zip"})
    void truncatedFilesAreRefused(String target) throws IOException {
        bundle(Sequential.of(new Dense(4)), Shape.of(2, 3));
        String format = target.substring(0, target.indexOf(':'));
        Path file = work.at(target.substring(format.length() + 1));
        Path whole = file.toString().endsWith(".keras") ? work.at("k.weights.h5") : file;
        port("lamina:" + work.at("net.zip"), format + ":" + whole);
        byte[] content = Files.readAllBytes(whole);
        work.text("layer.json", "{\"type\": \"Sequential\", \"layers\": [{\"type\": \"Dense\", \"units\": 4}]}");
        for (int length = 0; length < content.length; length += 1 + content.length / 40) {
            Files.write(file, Arrays.copyOf(content, length));
            assertThat(refused(format + ":" + file).err()).contains("[FILE_FORMAT]");
        }
    }

    @Test
    void unknownFormatsAndPlacesAreWrongUsage() {
        bundle(Sequential.of(new Dense(4)), Shape.of(2, 3));
        assertThat(refused("onnx:" + work.at("net.zip")).err())
                .contains("format \"onnx\" is not known")
                .contains("torch");
        assertThat(refused("net.zip").err()).contains("is not FORMAT:PATH");
        assertThat(refused("lamina:" + work.at("absent.zip")).err()).contains("there is no such file or folder");
    }

    private Invocation refused(String from) {
        Invocation result = lamina("port", "--from", from, "--to", "lamina:" + work.at("refused.zip"));
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(work.files()).doesNotContain("refused.zip");
        return result;
    }

    @Test
    void float64StaysFloat64() {
        Layer net = Sequential.of(new Dense(4));
        try (Backend backend = Backend.load(Backends.REFERENCE);
                Model model = backend.model(net, DType.FLOAT64)) {
            Bundle.of(model.initialize(Shape.of(2, 3), 3)).write(work.at("net.zip"));
        }
        port("lamina:" + work.at("net.zip"), "keras:" + work.at("k.weights.h5"));
        port("keras:" + work.at("k.weights.h5"), "lamina:" + work.at("back.zip"));
        assertThat(work.at("back.zip")).hasSameBinaryContentAs(work.at("net.zip"));
    }
}
