package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lamina.Backend;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.conformance.oracle.OracleProvider;
import org.lamina.conformance.oracle.ReferenceValues;

/** The values of PyTorch tell a convention from its neighbours: each mutant of a layer, or of the order of its weights, fails. */
class LayerMutantsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    Conv2d             | "padding": [[1, 2], [0, 3]]   | "padding": [[2, 1], [0, 3]]
                    Conv2d             | "stride": [2, 3]              | "stride": [3, 2]
                    Conv2d             | "dilation": [2, 3]            | "dilation": [3, 2]
                    ConvTranspose2d    | "crop": [[1, 0], [2, 2]]      | "crop": [[0, 1], [2, 2]]
                    MaxPool2d          | "padding": [[1, 0], [1, 1]]   | "padding": [[0, 1], [1, 1]]
                    AvgPool2d          | "countIncludePad": true       | "countIncludePad": false
                    AvgPool2d          | 1]], "countIncludePad": false  | 1]], "countIncludePad": true
                    LayerNorm          | 1e-05                         | 0.001
                    RmsNorm            | 1e-05                         | 1e-12
                    GroupNorm          | "groups": 2                   | "groups": 4
                    BatchNorm          | 1e-05                         | 0.001
                    SimpleRnn          | "Relu"                        | "Tanh"
                    MultiHeadAttention | "causal": true                | "causal": false
                    MultiHeadAttention | "heads": 3                    | "heads": 2
                    Gelu               | "Gelu"                        | "GeluTanh"
                    GeluTanh           | "GeluTanh"                    | "GeluSigmoid"
                    LeakyRelu          | 0.2                           | 0.3
                    """)
    void otherFields(String type, String from, String to) {
        UnaryOperator<String> change = layer -> layer.replace(from, to);
        assertFails(mutable(type, change), change, weights -> weights);
    }

    @ParameterizedTest
    @CsvSource({
        "Lstm, weightInput, weightForget",
        "Lstm, recurrentCell, recurrentOutput",
        "Lstm, biasInput, biasOutput",
        "Gru, weightReset, weightUpdate",
        "Gru, recurrentUpdate, recurrentCandidate",
        "Gru, biasCandidate, recurrentBias",
        "MultiHeadAttention, query.weight, key.weight",
        "MultiHeadAttention, value.weight, output.weight",
        "LayerNorm, gamma, beta",
        "BatchNorm, runningMean, runningVariance"
    })
    void exchangedWeights(String type, String first, String second) {
        assertFails(entry(type), layer -> layer, weights -> {
            Map<String, HostArray> changed = new LinkedHashMap<>(weights);
            changed.put(first, Objects.requireNonNull(weights.get(second)));
            changed.put(second, Objects.requireNonNull(weights.get(first)));
            return changed;
        });
    }

    @ParameterizedTest
    @CsvSource({
        "Conv2d, weight",
        "Conv1d, weight",
        "ConvTranspose2d, weight",
        "Lstm, recurrentInput",
        "Gru, recurrentReset"
    })
    void turnedWeights(String type, String name) {
        assertFails(entry(type), layer -> layer, weights -> {
            Map<String, HostArray> changed = new LinkedHashMap<>(weights);
            HostArray weight = Objects.requireNonNull(weights.get(name));
            changed.put(name, HostArray.generate(weight.type(), i -> weight.doubleAt(turned(weight.shape(), i))));
            return changed;
        });
    }

    /** A matrix transposed, a kernel flipped. */
    private static int turned(Shape shape, int index) {
        if (shape.rank() == 2) {
            int size = (int) shape.dim(1);
            return index % size * size + index / size;
        }
        int size = (int) shape.slice(2, shape.rank()).size();
        return index / size * size + size - 1 - index % size;
    }

    private static void assertFails(
            Map<String, Object> entry, UnaryOperator<String> layer, UnaryOperator<Map<String, HostArray>> weights) {
        Map<String, Object> mutant = new HashMap<>(entry);
        mutant.put("layer", layer.apply(String.valueOf(entry.get("layer"))));
        try (Backend backend = Backend.load(OracleProvider.NAME)) {
            PyTorchLayersTest.check(backend, entry);
            Map<String, HostArray> changed = weights.apply(ReferenceValues.named(entry.get("weights")));
            assertThatThrownBy(() -> PyTorchLayersTest.check(backend, mutant, changed))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("output");
        }
    }

    private static Map<String, Object> entry(String type) {
        return entries(type).get(0);
    }

    private static Map<String, Object> mutable(String type, UnaryOperator<String> change) {
        return entries(type).stream()
                .filter(entry -> {
                    String layer = String.valueOf(entry.get("layer"));
                    return !change.apply(layer).equals(layer);
                })
                .findFirst()
                .orElseThrow();
    }

    private static List<Map<String, Object>> entries(String type) {
        return ReferenceValues.entries("layers.json").stream()
                .filter(entry -> String.valueOf(entry.get("layer")).startsWith("{\"type\": \"" + type + "\""))
                .toList();
    }
}
