package org.lamina.tf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.Gradients;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.io.Bundle;
import org.lamina.io.Safetensors;
import org.lamina.layer.Layer;
import org.lamina.layers.BatchNorm;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Conv2d;
import org.lamina.layers.Dense;
import org.lamina.layers.Flatten;
import org.lamina.layers.Gru;
import org.lamina.layers.LayerNorm;
import org.lamina.layers.Lstm;
import org.lamina.layers.MaxPool2d;
import org.lamina.layers.MultiHeadAttention;
import org.lamina.layers.Relu;
import org.lamina.layers.Sequential;
import org.lamina.port.NativeModel;
import org.tensorflow.Graph;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Signature;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;

/** A SavedModel that is written computes what the layers do; the variables of one that is read are the weights. */
class TfFormatTest {
    /** Two float32 runs of a few layers. */
    private static final double ERROR = 2e-6;

    @TempDir
    private Path folder;

    private final TfFormat format = new TfFormat();

    static Stream<Arguments> models() {
        return Stream.of(
                Arguments.of(
                        Sequential.of(
                                new Conv2d(4, List.of(3L, 2L)),
                                new Relu(),
                                new MaxPool2d(List.of(2L, 2L)),
                                new BatchNorm(1e-4),
                                new Flatten(),
                                new Dense(3)),
                        Shape.of(2, 3, 9, 8)),
                Arguments.of(Sequential.of(new Lstm(5), new Gru(4, false), new Dense(2)), Shape.of(2, 5, 4)),
                Arguments.of(
                        Sequential.of(new Dense(6), new MultiHeadAttention(2, 6), new LayerNorm(1e-5)),
                        Shape.of(2, 5, 4)),
                Arguments.of(Sequential.of(new Dense(6), new CenteredLayer()), Shape.of(4, 3)));
    }

    private static Bundle bundle(Layer layer, Shape input) {
        try (Backend backend = Backend.load("tf");
                Model model = backend.model(layer)) {
            return Bundle.of(model.initialize(input, 5));
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void whatIsWrittenComputes(Layer layer, Shape input) {
        Bundle model = bundle(layer, input);
        Path path = folder.resolve("net");
        List<TensorType> inputs = List.of(new TensorType(DType.FLOAT32, input));
        format.write(model, path, inputs);
        format.write(model, path, inputs);
        Bundle back = format.read(path, null);
        assertThat(back.layer()).isEqualTo(layer);
        assertThat(back.weights().tensors())
                .containsExactlyInAnyOrderEntriesOf(model.weights().tensors());
        HostArray x = HostArray.normal(input, 3);
        try (Backend backend = Backend.load("tf");
                Model own = backend.model(layer)
                        .initialize(List.of(x.type()), model.weights().tensors());
                NativeModel framework = format.open(path, null).orElseThrow()) {
            HostArray y = own.predict(x);
            HostArray dy = HostArray.normal(y.shape(), 4);
            NativeModel.Results results = framework.run(x, dy);
            int last = ((Sequential) layer).layers().size() - 1;
            assertThat(results.outputs()).hasSize(last + 1);
            requireClose(results.outputs().get(Integer.toString(last)), y);
            Gradients gradients = own.gradients(List.of(x), List.of(dy));
            requireClose(results.gradients().get("x"), gradients.inputs().get(0));
            gradients
                    .parameters()
                    .forEach(
                            (name, gradient) -> requireClose(results.gradients().get(name), gradient));
        }
    }

    private static void requireClose(@Nullable HostArray got, @Nullable HostArray expected) {
        assertThat(got).isNotNull();
        assertThat(expected).isNotNull();
        if (got != null && expected != null) {
            assertThat(got.shape()).isEqualTo(expected.shape());
            double scale =
                    Arrays.stream(expected.toDoubles()).map(Math::abs).max().orElse(0);
            assertThat(got.toDoubles())
                    .containsExactly(expected.toDoubles(), Offset.offset(ERROR * Math.max(1, scale)));
        }
    }

    /** Writes a SavedModel with variables of some names, as other programs do. */
    private static void save(Path path, Map<String, float[][]> variables) throws IOException {
        try (Graph graph = new Graph();
                Session session = new Session(graph)) {
            Ops tf = Ops.create(graph);
            Ops scope = tf.withSubScope("dense");
            variables.forEach((name, value) -> {
                boolean vector = name.endsWith("bias");
                var given = vector ? tf.constant(value[0]) : tf.constant(value);
                Variable<TFloat32> variable =
                        scope.withName(name.substring(name.indexOf('/') + 1)).variable(given.shape(), TFloat32.class);
                session.runner().addTarget(tf.assign(variable, given)).run().close();
            });
            var x = tf.withName("x").placeholder(TFloat32.class);
            SavedModelBundle.exporter(path.toString())
                    .withSession(session)
                    .withSignature(Signature.builder()
                            .key("serving_default")
                            .input("x", x)
                            .output("y", tf.identity(x))
                            .build())
                    .export();
        }
    }

    @Test
    void variablesOfKerasLayersAreWeights() throws IOException {
        Path path = folder.resolve("keras");
        save(path, Map.of("dense/kernel", new float[][] {{1, 2}, {3, 4}, {5, 6}}, "dense/bias", new float[][] {{7, 8}
        }));
        Bundle model = format.read(path, Sequential.of(new Dense(2)));
        assertThat(model.weights().tensor("0.weight").toFloats()).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(model.weights().tensor("0.bias").toFloats()).containsExactly(7, 8);
        assertThatThrownBy(() -> format.read(path, Sequential.of(new Dense(2), new Dense(2))))
                .hasMessageContaining("dense_1/kernel: is missing from the file, and layer 1 (Dense) needs it");
        assertThatThrownBy(() -> format.read(path, null)).hasMessageContaining("layer.json");
        assertThat(format.open(path, null)).isEmpty();
    }

    @Test
    void aModelThatKerasExportedGivesItsOutputs() {
        Path path = Path.of("src", "test", "resources", "org", "lamina", "tf", "keras");
        Bundle model = format.read(path, null);
        Map<String, HostArray> expected =
                Safetensors.read(path.resolve("expected.safetensors")).tensors();
        HostArray x = Objects.requireNonNull(expected.get("x"));
        try (Backend backend = Backend.load("tf");
                Model own = backend.model(model.layer())
                        .initialize(List.of(x.type()), model.weights().tensors())) {
            requireClose(own.predict(x), expected.get("y"));
        }
        assertThat(format.open(path, null)).isEmpty();
    }

    @Test
    void damagedModelsAreRefused() throws IOException {
        Path path = folder.resolve("net");
        format.write(bundle(Sequential.of(new Dense(3)), Shape.of(2, 4)), path);
        for (String name :
                List.of("saved_model.pb", "variables/variables.index", "variables/variables.data-00000-of-00001")) {
            Path file = path.resolve(name);
            byte[] whole = Files.readAllBytes(file);
            for (int length : List.of(0, whole.length / 3, whole.length - 1)) {
                Files.write(file, Arrays.copyOf(whole, length));
                assertThatThrownBy(() -> format.read(path, null))
                        .as("%s with %d bytes", name, length)
                        .isInstanceOf(LaminaException.class)
                        .hasMessageContaining("nothing was loaded");
            }
            Files.write(file, whole);
        }
        assertThat(format.read(path, null).weights().tensors()).hasSize(2);
    }

    /** A SavedModel has a checkpoint in it, whose parts people name instead. */
    @Test
    void checkpointsAndGraphsAloneAreRefusedByWhatTheyAre() throws IOException {
        Path path = folder.resolve("net");
        format.write(bundle(Sequential.of(new Dense(3)), Shape.of(2, 4)), path);
        Path checkpoint = path.resolve("variables").resolve("variables");
        assertThatThrownBy(() -> format.read(checkpoint, null)).hasMessageContaining("the prefix of a checkpoint");
        for (String part : List.of("variables.index", "variables.data-00000-of-00001")) {
            assertThatThrownBy(() -> format.read(checkpoint.resolveSibling(part), null))
                    .hasMessageContaining("a part of a checkpoint");
        }
        assertThatThrownBy(() -> format.read(path.resolve("saved_model.pb"), null))
                .hasMessageContaining("a graph as a protocol buffer")
                .hasMessageContaining("port its folder from tf");
    }

    @Test
    void whatIsNoSavedModelIsNotReplaced() throws IOException {
        Path path = Files.createDirectories(folder.resolve("other"));
        Files.writeString(path.resolve("letter.txt"), "Dear reader");
        Bundle model = bundle(Sequential.of(new Dense(3)), Shape.of(2, 4));
        assertThatThrownBy(() -> format.write(model, path)).hasMessageContaining("it exists and is no SavedModel");
        assertThat(path.resolve("letter.txt")).hasContent("Dear reader");
        assertThatThrownBy(() -> format.read(folder.resolve("absent"), null)).hasMessageContaining("no such folder");
    }
}
