package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.Backend;
import org.lamina.HostArray;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.conformance.oracle.OracleProvider;
import org.lamina.layers.MyLinear;
import org.lamina.layers.Sequential;
import org.lamina.train.Loss;
import org.lamina.train.Sgd;
import org.lamina.train.Trainer;

/** A call leaves little to the garbage collector: what a framework's objects around each array would be many times. */
@Tag("shared")
class GarbageTest {
    private static final int UNTIL_COMPILED = 20_000;
    private static final int CALLS = 4_000;
    private static final int KIBIBYTE = 1024;
    /** In a JVM of 64 bits: a list and its elements, an array and its own 8 bytes. */
    private static final int OUTPUT = 24 + 24 + 24 + 24;
    /** The owners of four new parameters, each of at most 40 bytes. */
    private static final int PARAMETERS = 4 * 40;

    /** Batches of several sizes, which come in turns. */
    private static final List<HostArray> X = batches(64);

    private static final List<HostArray> Y = batches(1);

    private static List<HostArray> batches(long width) {
        return Stream.of(2, 1, 4, 3)
                .map(size -> HostArray.uniform(Shape.of(size, width), size))
                .toList();
    }

    static Stream<String> backends() {
        return Backend.available().stream().filter(name -> !name.equals(OracleProvider.NAME));
    }

    private static Model model(Backend backend) {
        return backend.model(Sequential.of(new MyLinear(64, 8), new MyLinear(8, 1)))
                .initialize(X.get(0).shape(), 1);
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aPredictionLeavesAKibibyteBesideItsResult(String name) {
        try (Backend backend = Backend.load(name);
                Model model = model(backend)) {
            assertThat(bytes(batch -> model.predict(X.get(batch)))).isLessThanOrEqualTo(KIBIBYTE + OUTPUT);
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aStepOfTrainingLeavesAKibibyteBesideItsResult(String name) {
        try (Backend backend = Backend.load(name);
                Model model = model(backend);
                Trainer trainer = Trainer.of(model, Loss.meanSquaredError(), new Sgd(0.01), 1)) {
            assertThat(bytes(batch -> trainer.step(X.get(batch), Y.get(batch))))
                    .isLessThanOrEqualTo(KIBIBYTE + PARAMETERS);
        }
    }

    /** How much one call leaves, on average, of calls with one size and with all by turns: whichever is more. */
    private static long bytes(IntConsumer call) {
        return Math.max(bytes(call, 1), bytes(call, X.size()));
    }

    private static long bytes(IntConsumer call, int batches) {
        repeat(call, batches, UNTIL_COMPILED);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        repeat(call, batches, CALLS);
        return (threads.getCurrentThreadAllocatedBytes() - before) / CALLS;
    }

    private static void repeat(IntConsumer call, int batches, int times) {
        for (int i = 0; i < times; i++) {
            call.accept(i % batches);
        }
    }
}
