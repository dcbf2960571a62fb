package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.Gradients;
import org.lamina.HostArray;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.layer.Layer;
import org.lamina.layers.Dense;
import org.lamina.layers.Relu;
import org.lamina.layers.Sequential;

/**
 * Products as large as those that frameworks leave to other kernels, of small whole numbers, which float32 adds up without
 * rounding, so that results are equal however they are added up, and at every call; and of values that are not numbers.
 */
class LargeProductTest {
    private static final int CALLS = 3;
    private static final int THREADS = 6;

    static Stream<Arguments> products() {
        return Backend.available().stream()
                .filter(backend -> !backend.equals("reference"))
                .flatMap(backend -> Stream.of(
                        Arguments.of(backend, 129, 257, 131),
                        Arguments.of(backend, 1031, 3, 1025),
                        Arguments.of(backend, 2, 1025, 1033),
                        Arguments.of(backend, 1500, 1500, 1)));
    }

    @ParameterizedTest(name = "{0}, {1} examples, {2} inputs, {3} outputs")
    @MethodSource("products")
    @Rule("3.38")
    void isExact(String backend, int batch, int inputs, int outputs) {
        Random random = new Random(batch);
        HostArray x = HostArray.generate(type(batch, inputs), i -> random.nextInt(7) - 3);
        Gradients expected = gradients("reference", x, values(inputs, outputs)).get(0);
        assertThat(gradients(backend, x, values(inputs, outputs)))
                .hasSize(CALLS)
                .allSatisfy(actual -> {
                    assertThat(unsigned(actual.outputs())).isEqualTo(unsigned(expected.outputs()));
                    assertThat(unsigned(actual.inputs())).isEqualTo(unsigned(expected.inputs()));
                    assertThat(unsigned(actual.parameters().values()))
                            .isEqualTo(unsigned(expected.parameters().values()));
                });
    }

    /** One row has an infinity, one a NaN and one both infinities, which the last weights and biases of two columns are too. */
    @ParameterizedTest(name = "{0}, {1} examples, {2} inputs, {3} outputs")
    @MethodSource("products")
    @Rule("3.38")
    void keepsWhatIsNoNumber(String backend, int batch, int inputs, int outputs) {
        Map<Integer, Double> special =
                Map.of(0, Double.POSITIVE_INFINITY, inputs, Double.NaN, inputs - 1, Double.NEGATIVE_INFINITY);
        HostArray x = HostArray.generate(type(batch, inputs), i -> special.getOrDefault(i, i % 5 - 2.0));
        Map<String, HostArray> values = Map.of(
                "0.weight",
                HostArray.generate(
                        type(inputs, outputs), i -> i == outputs - 1 ? Double.POSITIVE_INFINITY : i % 3 - 1.0),
                "0.bias",
                HostArray.generate(type(outputs), i -> i == 0 ? Double.NEGATIVE_INFINITY : 1));
        assertThat(predict(backend, x, values)).isEqualTo(predict("reference", x, values));
    }

    /** Kernels that keep what they compiled keep it for each thread, or share it. */
    @ParameterizedTest(name = "{0}, {1} examples, {2} inputs, {3} outputs")
    @MethodSource("products")
    @Rule("3.38")
    void isExactInManyThreads(String name, int batch, int inputs, int outputs) {
        HostArray x = HostArray.generate(type(batch, inputs), i -> i % 7 - 3);
        Map<String, HostArray> values = values(inputs, outputs);
        HostArray expected = predict("reference", x, values);
        try (Backend backend = Backend.load(name);
                Model model = backend.model(layer(values)).initialize(List.of(x.type()), values)) {
            List<CompletableFuture<HostArray>> calls = Stream.generate(() ->
                            CompletableFuture.supplyAsync(() -> model.predict(x), task -> new Thread(task).start()))
                    .limit(THREADS)
                    .toList();
            assertThat(unsigned(calls.stream().map(CompletableFuture::join).toList()))
                    .hasSize(THREADS)
                    .containsOnly(unsigned(List.of(expected)).get(0));
        }
    }

    /** Without the signs of zeros: a sum of one product may keep it. */
    private static List<HostArray> unsigned(Collection<? extends @Nullable HostArray> arrays) {
        return arrays.stream()
                .map(Objects::requireNonNull)
                .map(array -> HostArray.generate(array.type(), i -> array.doubleAt(i) + 0.0))
                .toList();
    }

    private static TensorType type(long... sizes) {
        return new TensorType(DType.FLOAT32, Shape.of(sizes));
    }

    private static Map<String, HostArray> values(int inputs, int outputs) {
        Random random = new Random(inputs);
        return Map.of(
                "0.weight",
                HostArray.generate(type(inputs, outputs), i -> random.nextInt(7) - 3),
                "0.bias",
                HostArray.generate(type(outputs), i -> random.nextInt(7) - 3));
    }

    private static Layer layer(Map<String, HostArray> values) {
        return Sequential.of(
                new Dense(Objects.requireNonNull(values.get("0.bias")).shape().size()), new Relu());
    }

    private static HostArray predict(String name, HostArray x, Map<String, HostArray> values) {
        try (Backend backend = Backend.load(name);
                Model model = backend.model(layer(values)).initialize(List.of(x.type()), values)) {
            return model.predict(x);
        }
    }

    /** The cotangent is small too, and not the same everywhere. */
    private static List<Gradients> gradients(String name, HostArray x, Map<String, HostArray> values) {
        try (Backend backend = Backend.load(name);
                Model model = backend.model(layer(values)).initialize(List.of(x.type()), values)) {
            HostArray output = model.predict(x);
            HostArray cotangent = HostArray.generate(output.type(), i -> i % 3 - 1);
            return Stream.generate(() -> model.gradients(List.of(x), List.of(cotangent)))
                    .limit(name.equals("reference") ? 1 : CALLS)
                    .toList();
        }
    }
}
