package org.lamina.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.Backend;

/** A comparison is fair only if both sides compute the same numbers. */
class SidesTest {
    /** Sums of up to 1024 products and three layers in float32: some hundred roundings of 6e-8, on numbers near 1. */
    private static final double TOLERANCE = 2e-5;
    /** ND4J's own sum adds the 262,144 terms of MLP_1024's loss one after another: 7e-5 off, where the neutral side adds in blocks. */
    private static final double TOLERANCE_OF_ND4J = 1e-4;

    static Stream<Arguments> comparisons() {
        return Backend.available().stream()
                .flatMap(backend -> Stream.of(Network.values()).map(network -> Arguments.of(backend, network)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("comparisons")
    void givesTheSameOutputsAndLosses(String backend, Network network) {
        List<Batch> batches = List.of(Batch.of(network, network.batch(), 1), Batch.of(network, 3, 2));
        try (Workload neutral = Side.NEUTRAL.open(backend, network);
                Workload written = Side.HAND_WRITTEN.open(backend, network)) {
            neutral.prepare(batches);
            written.prepare(batches);
            for (int batch = 0; batch < batches.size(); batch++) {
                assertOutputs(neutral.values(neutral.forward(batch)), written.values(written.forward(batch)));
            }
            for (int step = 0; step < 6; step++) {
                double expected = neutral.step(step % 2);
                assertThat(written.step(step % 2))
                        .as("loss of step %d", step)
                        .isCloseTo(
                                expected, within((backend.equals("dl4j") ? TOLERANCE_OF_ND4J : TOLERANCE) * expected));
            }
        }
    }

    static Stream<Arguments> inferences() {
        return HandWritten.find(Side.ONNX).stream()
                .flatMap(onnx -> Backend.available().stream().limit(1))
                .flatMap(backend -> Stream.of(Network.values()).map(network -> Arguments.of(backend, network)));
    }

    @ParameterizedTest(name = "{0} {1}", allowZeroInvocations = true)
    @MethodSource("inferences")
    void onnxRuntimeGivesTheSameOutputs(String backend, Network network) {
        List<Batch> batches = List.of(Batch.of(network, network.batch(), 1), Batch.of(network, 3, 2));
        try (Workload neutral = Side.NEUTRAL.open(backend, network);
                Workload onnx = Side.ONNX_RUNTIME.open(backend, network)) {
            neutral.prepare(batches);
            onnx.prepare(batches);
            for (int batch = 0; batch < batches.size(); batch++) {
                assertOutputs(neutral.values(neutral.forward(batch)), onnx.values(onnx.forward(batch)));
            }
        }
    }

    private static void assertOutputs(float[] expected, float[] got) {
        assertThat(got).hasSameSizeAs(expected);
        double largest = IntStream.range(0, expected.length)
                .mapToDouble(i -> Math.abs(expected[i]))
                .max()
                .orElse(0);
        double worst = IntStream.range(0, expected.length)
                .mapToDouble(i -> Math.abs(expected[i] - got[i]))
                .max()
                .orElse(0);
        assertThat(worst).isLessThanOrEqualTo(TOLERANCE * largest);
    }
}
