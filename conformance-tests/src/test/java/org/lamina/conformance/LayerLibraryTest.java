package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.conformance.oracle.OracleProvider;
import org.lamina.io.LayerJson;
import org.lamina.layer.Layer;
import org.lamina.layer.Trace;
import org.lamina.layers.Concat;
import org.lamina.layers.Embedding;
import org.lamina.layers.Parallel;
import org.lamina.layers.Relu;
import org.lamina.layers.Residual;
import org.lamina.layers.Sequential;

/** The layers that come with Lamina, on every backend. */
class LayerLibraryTest {
    private static final LayerJson JSON = LayerJson.standard();
    private static final List<Backend> BACKENDS = new ArrayList<>();

    @BeforeAll
    static void load() {
        Backend.available().stream()
                .filter(name -> !name.equals(OracleProvider.NAME))
                .map(Backend::load)
                .forEach(BACKENDS::add);
    }

    @AfterAll
    static void close() {
        BACKENDS.forEach(Backend::close);
    }

    @TestFactory
    @Rule({"7.1", "7.2", "7.3", "7.4", "7.5", "7.6", "7.7", "7.9", "7.10", "7.11"})
    Stream<DynamicTest> everyLayerConforms() {
        return LibraryLayers.all().stream()
                .map(layer -> dynamicTest(layer.name(), () -> assertThat(ThisRun.COLLECTOR.add(layer.results(BACKENDS)))
                        .filteredOn(result -> !result.passed())
                        .isEmpty()));
    }

    @TestFactory
    @Rule("9.13")
    Stream<DynamicTest> everyLayerLeavesTheBatchOpenAndIsSaved() {
        return LibraryLayers.all().stream()
                .map(layer -> dynamicTest(layer.name(), () -> {
                    Layer subject = layer.subject().layer().get();
                    for (boolean training : new boolean[] {false, true}) {
                        Trace.of(subject, DType.FLOAT32, open(layer.subject().inputs(DType.FLOAT32)), training);
                    }
                    assertThat(JSON.parse(JSON.format(subject))).isEqualTo(subject);
                }));
    }

    @ParameterizedTest
    @MethodSource("org.lamina.Backend#available")
    @Rule("9.19")
    void compositionsAddAndJoin(String name) {
        HostArray x = HostArray.of(Shape.of(1, 2), 1f, -2f);
        Layer square = (scope, value) -> value.square();
        assertThat(predict(name, new Residual(square), x)).containsExactly(HostArray.of(Shape.of(1, 2), 2f, 2f));
        assertThat(predict(name, new Residual(square, new Relu()), x))
                .containsExactly(HostArray.of(Shape.of(1, 2), 2f, 4f));
        Layer both = Parallel.of(new Relu(), square);
        assertThat(predict(name, both, x))
                .containsExactly(HostArray.of(Shape.of(1, 2), 1f, 0f), HostArray.of(Shape.of(1, 2), 1f, 4f));
        assertThat(predict(name, Sequential.of(both, new Concat()), x))
                .containsExactly(HostArray.of(Shape.of(1, 4), 1f, 0f, 1f, 4f));
        assertThat(predict(name, Sequential.of(both, new Concat(0)), x))
                .containsExactly(HostArray.of(Shape.of(2, 2), 1f, 0f, 1f, 4f));
        assertThatThrownBy(() -> JSON.format(both)).hasMessageContaining("lambda");
    }

    private static List<HostArray> predict(String name, Layer layer, HostArray x) {
        try (Backend backend = Backend.load(name);
                Model model = backend.model(layer)) {
            return model.initialize(x.shape(), 1).predict(List.of(x));
        }
    }

    @ParameterizedTest
    @MethodSource("org.lamina.Backend#available")
    @Rule("9.11")
    void wordsOutOfRangeAreRefused(String name) {
        HostArray words = HostArray.of(Shape.of(2), 0L, 7L);
        try (Backend backend = Backend.load(name);
                Model model = backend.model(new Embedding(7, 2))) {
            model.initialize(List.of(words.type()), 1);
            assertThatThrownBy(() -> model.predict(words))
                    .isInstanceOfSatisfying(
                            LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RANGE));
        }
    }

    private static List<TensorType> open(List<HostArray> inputs) {
        return inputs.stream()
                .map(input -> input.type().with(input.shape().with(0, Shape.BATCH)))
                .toList();
    }
}
