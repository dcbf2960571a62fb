package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.Backend;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.io.Bundle;
import org.lamina.layer.Layer;
import org.lamina.layers.AffineTransform;
import org.lamina.layers.BatchNorm;
import org.lamina.layers.Conv1d;
import org.lamina.layers.Conv2d;
import org.lamina.layers.ConvTranspose2d;
import org.lamina.layers.Dense;
import org.lamina.layers.Flatten;
import org.lamina.layers.GroupNorm;
import org.lamina.layers.Gru;
import org.lamina.layers.LayerNorm;
import org.lamina.layers.Lstm;
import org.lamina.layers.MultiHeadAttention;
import org.lamina.layers.MyDense;
import org.lamina.layers.MyLinear;
import org.lamina.layers.Parallel;
import org.lamina.layers.RmsNorm;
import org.lamina.layers.Sequential;
import org.lamina.layers.SimpleRnn;
import org.lamina.layers.Tanh;
import org.lamina.layers.TensorReduction;
import org.lamina.port.ModelFormat;
import org.lamina.port.ModelFormats;
import org.lamina.port.ModelInputs;

/** Every layer with parameters goes into every format of weights and comes back with the same bits. */
class PortRulesTest {
    private static final List<String> FILES =
            List.of("torch:w.safetensors", "keras:w.weights.h5", "flax:w.safetensors", "npz:w.npz");

    @TempDir
    private Path folder;

    private record Sample(Layer layer, Shape input) {}

    private static List<Sample> samples() {
        Shape sequence = Shape.of(2, 4, 3);
        Shape images = Shape.of(2, 4, 6, 6);
        List<Long> kernel = List.of(3L, 2L);
        return List.of(
                new Sample(new Dense(5, new Tanh()), Shape.of(2, 3)),
                new Sample(new MyDense(5), Shape.of(2, 3)),
                new Sample(new MyLinear(3, 5), Shape.of(2, 3)),
                new Sample(new TensorReduction(5), Shape.of(2, 3)),
                new Sample(new AffineTransform(), Shape.of(2, 3, 4)),
                new Sample(new Conv1d(6, 3), Shape.of(2, 4, 9)),
                new Sample(
                        new Conv2d(
                                6,
                                kernel,
                                List.of(1L, 1L),
                                List.of(List.of(0L, 0L), List.of(0L, 0L)),
                                List.of(1L, 1L),
                                2),
                        images),
                new Sample(new ConvTranspose2d(6, kernel), images),
                new Sample(Sequential.of(new Conv2d(5, kernel), new Flatten(), new Dense(3)), images),
                new Sample(new BatchNorm(1e-3), images),
                new Sample(new GroupNorm(2, 1e-3), images),
                new Sample(new LayerNorm(1e-3), sequence),
                new Sample(new RmsNorm(1e-3), sequence),
                new Sample(new Lstm(5), sequence),
                new Sample(new Gru(5), sequence),
                new Sample(new SimpleRnn(5), sequence),
                new Sample(new MultiHeadAttention(2, 6), Shape.of(2, 4, 6)),
                new Sample(Parallel.of(new Dense(2), Sequential.of(new Dense(4), new Dense(3))), Shape.of(2, 3)));
    }

    static Stream<Arguments> samplesAndFiles() {
        return samples().stream()
                .flatMap(sample -> FILES.stream().map(file -> Arguments.of(sample.layer, sample.input, file)));
    }

    private static Bundle bundle(Layer layer, Shape input) {
        try (Backend backend = Backend.load("reference");
                Model model = backend.model(layer)) {
            return Bundle.of(model.initialize(input, 5));
        }
    }

    @ParameterizedTest
    @Rule("11.6")
    @MethodSource("samplesAndFiles")
    void thereAndBackGivesTheSameBits(Layer layer, Shape input, String target) {
        int colon = target.indexOf(':');
        ModelFormat format = ModelFormats.named(target.substring(0, colon));
        Path file = folder.resolve(target.substring(colon + 1));
        Bundle model = bundle(layer, input);
        format.write(model, file);
        Bundle back = format.read(file, null);
        assertThat(back.layer()).isEqualTo(layer);
        assertThat(ModelInputs.ordered(back, ModelInputs.of(back)).weights()).isEqualTo(model.weights());
    }

    @ParameterizedTest
    @Rule("11.7")
    @ValueSource(strings = {"torch", "keras", "flax"})
    void aLayerWithoutAnEqualIsReported(String name) {
        Layer own = (scope, x) -> x.mul(scope.parameter("gain", Shape.of(3), org.lamina.layer.Initializer.ones()));
        Bundle model = bundle(Sequential.of(new Dense(3), own), Shape.of(2, 3));
        Path file = folder.resolve("w.safetensors");
        assertThatThrownBy(() -> ModelFormats.named(name).write(model, file))
                .isInstanceOf(LaminaException.class)
                .hasMessageContaining("1.gain")
                .hasMessageContaining(name + " has no layer of this kind");
        assertThat(Files.exists(file)).isFalse();
    }

    /** One parameter under two paths, as a file of a framework that does not share has it. */
    @Test
    @Rule("11.7")
    void twoValuesOfOneParameterAreRefusedOnEveryBackend() {
        Layer twice = new Dense(2);
        Layer net = Sequential.of(twice, new Tanh(), twice);
        Map<String, HostArray> values =
                new HashMap<>(bundle(net, Shape.of(1, 2)).weights().tensors());
        HostArray weight = Objects.requireNonNull(values.get("0.weight"));
        for (String name : Backend.available()) {
            try (Backend backend = Backend.load(name);
                    Model model = backend.model(net)) {
                values.put("2.weight", weight);
                model.initialize(List.of(weight.type()), values);
                values.put("2.weight", HostArray.full(weight.type(), 9));
                assertThatThrownBy(() -> model.initialize(List.of(weight.type()), values))
                        .as(name)
                        .hasMessageContaining("2.weight")
                        .hasMessageContaining("are one parameter in the model and differ in the weights");
            }
        }
    }

    @Test
    @Rule("11.7")
    void aGruThatResetsBeforeHasNoEqualInPyTorch() {
        Bundle model = bundle(new Gru(2, true, false), Shape.of(2, 3, 4));
        assertThatThrownBy(() -> ModelFormats.named("torch").write(model, folder.resolve("w.safetensors")))
                .hasMessageContaining("resetAfter is false");
        Path file = folder.resolve("w.weights.h5");
        ModelFormats.named("keras").write(model, file);
        assertThat(ModelFormats.named("keras").read(file, null).weights().tensors())
                .isEqualTo(model.weights().tensors());
    }
}
