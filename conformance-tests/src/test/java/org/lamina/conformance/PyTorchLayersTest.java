package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.Gradients;
import org.lamina.HostArray;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.conformance.oracle.ReferenceValues;
import org.lamina.io.LayerJson;
import org.lamina.layer.Layer;
import org.lamina.train.Loss;
import org.lamina.train.Optimizer;
import org.lamina.train.Trainer;

/** Layers read from layer.json give the outputs and gradients of PyTorch's layers, which layer_values.py wrote. */
@ParameterizedClass
@MethodSource("org.lamina.Backend#available")
class PyTorchLayersTest {
    /** Both compute in float64 what adds up to some hundred terms, in orders of their own: 2^-53 times that and some. */
    private static final double ERROR = 1e-13;

    private final Backend backend;

    PyTorchLayersTest(String backend) {
        this.backend = Backend.load(backend);
    }

    @AfterEach
    void close() {
        backend.close();
    }

    @TestFactory
    @Rule({
        "9.1", "9.2", "9.3", "9.4", "9.5", "9.6", "9.7", "9.8", "9.9", "9.10", "9.11", "9.14", "9.15", "9.16", "9.17",
        "9.18", "9.20", "9.21"
    })
    Stream<DynamicTest> givesPyTorchsNumbers() {
        return ReferenceValues.entries("layers.json").stream()
                .map(entry -> dynamicTest(String.valueOf(entry.get("layer")), () -> check(backend, entry)));
    }

    /** Runs the layer of an entry with its weights. @throws AssertionError if it does not give the entry's numbers */
    static void check(Backend backend, Map<String, Object> entry) {
        check(backend, entry, ReferenceValues.named(entry.get("weights")));
    }

    /** Runs the layer of an entry with other weights. @throws AssertionError if it does not give the entry's numbers */
    static void check(Backend backend, Map<String, Object> entry, Map<String, HostArray> weights) {
        Layer layer = LayerJson.standard().parse(String.valueOf(entry.get("layer")));
        List<HostArray> inputs = ReferenceValues.arrays(entry.get("inputs"));
        HostArray output = ReferenceValues.array(entry.get("output"));
        try (Model model = backend.model(layer, DType.FLOAT64)) {
            model.initialize(LayerCase.types(inputs), 1).setParameters(weights);
            requireClose("output", model.predict(inputs).get(0), output, greatest(output));
            HostArray cotangent = HostArray.generate(output.type(), i -> i % 7 - 3);
            Map<String, HostArray> gradients = byName(model.gradients(inputs, List.of(cotangent)));
            Map<String, HostArray> expected = ReferenceValues.named(entry.get("gradients"));
            // One scale for all: a gradient may be 0 but for rounding, as the one by a bias of keys.
            double scale = expected.values().stream()
                    .mapToDouble(PyTorchLayersTest::greatest)
                    .max()
                    .orElse(0);
            expected.forEach((name, gradient) ->
                    requireClose(name, Objects.requireNonNull(gradients.get(name), name), gradient, scale));
        }
    }

    @TestFactory
    @Rule("9.7")
    Stream<DynamicTest> trainsAsPyTorch() {
        return ReferenceValues.entries("layers_training.json").stream()
                .map(entry -> dynamicTest(String.valueOf(entry.get("layer")), () -> checkStep(entry)));
    }

    private void checkStep(Map<String, Object> entry) {
        Layer layer = LayerJson.standard().parse(String.valueOf(entry.get("layer")));
        List<HostArray> inputs = ReferenceValues.arrays(entry.get("inputs"));
        HostArray loss = ReferenceValues.array(entry.get("loss"));
        try (Model model = backend.model(layer, DType.FLOAT64)) {
            Shape open = inputs.get(0).shape().with(0, Shape.BATCH);
            model.initialize(open, 1).setParameters(ReferenceValues.named(entry.get("weights")));
            try (Trainer trainer = Trainer.of(model, Loss.parse("mse"), Optimizer.parse("sgd:lr=1"), 1)) {
                HostArray got = HostArray.of(Shape.scalar(), trainer.step(inputs.get(0), inputs.get(1)));
                requireClose("loss", got, loss, greatest(loss));
            }
            ReferenceValues.named(entry.get("after"))
                    .forEach((name, expected) ->
                            requireClose(name, model.parameter(name), expected, greatest(expected)));
        }
    }

    private static Map<String, HostArray> byName(Gradients gradients) {
        Map<String, HostArray> byName = new HashMap<>(gradients.parameters());
        for (int i = 0; i < gradients.inputs().size(); i++) {
            byName.put("x" + i, gradients.inputs().get(i));
        }
        return byName;
    }

    private static double greatest(HostArray array) {
        return Arrays.stream(array.toDoubles()).map(Math::abs).max().orElse(0);
    }

    private static void requireClose(String name, HostArray got, HostArray expected, double scale) {
        assertThat(got.type()).as(name).isEqualTo(expected.type());
        assertThat(got.toDoubles()).as(name).containsExactly(expected.toDoubles(), Offset.offset(ERROR * scale));
    }
}
