package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
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
import org.lamina.layers.Conv2d;

/**
 * Convolutions whose channels and filters fill a processor's vectors, more than one or a part of one, of small whole numbers,
 * which float32 adds up without rounding: results are equal, however they are added up, and at every call. PyTorch's own kernels
 * are not.
 */
class WideConvolutionTest {
    private static final int CALLS = 3;
    private static final int BATCH = 2;
    private static final int SIZE = 7;

    static Stream<Arguments> convolutions() {
        return Backend.available().stream()
                .filter(backend -> !backend.equals("reference"))
                .flatMap(backend -> Stream.of(
                        Arguments.of(backend, 17, 6, 1, 1),
                        Arguments.of(backend, 12, 9, 1, 1),
                        Arguments.of(backend, 33, 20, 1, 1),
                        Arguments.of(backend, 3, 33, 2, 1),
                        Arguments.of(backend, 48, 16, 2, 1),
                        Arguments.of(backend, 16, 17, 2, 1),
                        Arguments.of(backend, 34, 36, 1, 2),
                        Arguments.of(backend, 34, 36, 3, 2)));
    }

    @ParameterizedTest(name = "{0}, {1} channels, {2} filters, stride {3}, {4} groups")
    @MethodSource("convolutions")
    @Rule("3.49")
    void isExact(String backend, int channels, int filters, long stride, long groups) {
        Conv2d layer = new Conv2d(
                filters,
                List.of(3L, 2L),
                List.of(stride, stride),
                List.of(List.of(1L, 1L), List.of(0L, 1L)),
                List.of(1L, 1L),
                groups);
        Random random = new Random(channels);
        HostArray x = whole(Shape.of(BATCH, channels, SIZE, SIZE), random);
        Map<String, HostArray> values = Map.of(
                "weight",
                whole(Shape.of(filters, channels / groups, 3, 2), random),
                "bias",
                whole(Shape.of(filters), random));
        Gradients expected = gradients("reference", layer, values, x).get(0);
        assertThat(gradients(backend, layer, values, x)).hasSize(CALLS).allSatisfy(actual -> {
            assertThat(actual.outputs()).isEqualTo(expected.outputs());
            assertThat(actual.inputs()).isEqualTo(expected.inputs());
            assertThat(actual.parameters()).isEqualTo(expected.parameters());
        });
    }

    private static HostArray whole(Shape shape, Random random) {
        return HostArray.generate(new TensorType(DType.FLOAT32, shape), i -> random.nextInt(7) - 3);
    }

    /** The cotangent is small too, and not the same everywhere. */
    private static List<Gradients> gradients(String name, Conv2d layer, Map<String, HostArray> values, HostArray x) {
        try (Backend backend = Backend.load(name);
                Model model = backend.model(layer).initialize(List.of(x.type()), values)) {
            HostArray output = model.predict(x);
            HostArray cotangent = HostArray.generate(output.type(), i -> i % 3 - 1);
            return Stream.generate(() -> model.gradients(List.of(x), List.of(cotangent)))
                    .limit(name.equals("reference") ? 1 : CALLS)
                    .toList();
        }
    }
}
