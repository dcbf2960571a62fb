package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.conformance.oracle.OracleProvider;
import org.lamina.io.LayerJson;
import org.lamina.layer.Layer;
import org.lamina.layer.Trace;

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
    @Rule({"7.1", "7.2", "7.3", "7.4", "7.5", "7.6", "7.7"})
    Stream<DynamicTest> everyLayerConforms() {
        return LibraryLayers.all().stream()
                .map(layer -> dynamicTest(layer.name(), () -> assertThat(layer.results(BACKENDS))
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

    private static List<TensorType> open(List<HostArray> inputs) {
        return inputs.stream()
                .map(input -> input.type().with(input.shape().with(0, Shape.BATCH)))
                .toList();
    }
}
