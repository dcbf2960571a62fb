package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.Backend;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.layer.Layer;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Dense;
import org.lamina.layers.Relu;
import org.lamina.layers.Sequential;
import org.lamina.train.Loss;
import org.lamina.train.Optimizer;
import org.lamina.train.Trainer;

/**
 * Eight threads that predict, differentiate and train on one backend get the bits that one thread gets alone, and leave no native
 * handle open. Lasts {@code -Dlamina.soak.seconds} on each backend; given it, resident memory is held to stay within 5 % too.
 */
@Tag("shared")
class SoakTest {
    private static final String SECONDS = "lamina.soak.seconds";
    private static final int THREADS = 8;
    private static final int STEPS = 10;
    private static final double GROWTH = 1.05;
    private static final Layer LAYER = Sequential.of(new Dense(32), new Relu(), new CenteredLayer(), new Dense(4));
    private static final HostArray TARGET = HostArray.uniform(Shape.of(8, 4), 3);

    static Stream<String> backends() {
        return Backend.available().stream().filter(name -> !name.equals("reference"));
    }

    @ParameterizedTest
    @Rule("10.9")
    @MethodSource("backends")
    void mixedCallsGiveTheBitsTheyGiveAlone(String name) throws Exception {
        try (Backend backend = Backend.load(name)) {
            soak(backend, Integer.getInteger(SECONDS, 15));
        }
    }

    @ParameterizedTest
    @Rule("10.15")
    @EnabledIfSystemProperty(
            named = SECONDS,
            matches = "\\d+",
            disabledReason = "needs minutes: give -Dlamina.soak.seconds, as docs/reliability.md says")
    @MethodSource("backends")
    void residentMemoryStaysWithinFivePercent(String name) throws Exception {
        try (Backend backend = Backend.load(name)) {
            long seconds = Integer.getInteger(SECONDS);
            soak(backend, seconds);
            long warm = residentKibibytes();
            soak(backend, seconds);
            assertThat(residentKibibytes()).as("KiB, after %s", warm).isLessThan((long) (warm * GROWTH));
        }
    }

    private static void soak(Backend backend, long seconds) throws Exception {
        long handles = backend.engine().openHandles();
        Model shared = model(backend);
        assertThat(backend.engine().openHandles())
                .as("native handles with a model")
                .isGreaterThan(handles);
        List<Double> losses = losses(shared.copyTo(backend));
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            long end = System.nanoTime() + seconds * 1_000_000_000L;
            List<Future<Integer>> rounds = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                Expected expected = Expected.of(shared, input(thread), losses);
                rounds.add(threads.submit(() -> rounds(shared, expected, end)));
            }
            for (Future<Integer> each : rounds) {
                assertThat(each.get()).isPositive();
            }
        } finally {
            threads.shutdownNow();
        }
        shared.close();
        assertThat(backend.engine().openHandles())
                .as("native handles after all models are closed")
                .isEqualTo(handles);
    }

    private record Expected(HostArray x, HostArray y, Map<String, HostArray> gradients, List<Double> losses) {
        static Expected of(Model model, HostArray x, List<Double> losses) {
            return new Expected(x, model.predict(x), model.gradients(x).parameters(), losses);
        }
    }

    private static int rounds(Model shared, Expected expected, long end) {
        int rounds = 0;
        do {
            assertThat(shared.predict(expected.x())).isEqualTo(expected.y());
            assertThat(shared.gradients(expected.x()).parameters()).isEqualTo(expected.gradients());
            assertThat(losses(shared.copyTo(shared.backend()))).isEqualTo(expected.losses());
            rounds++;
        } while (System.nanoTime() < end);
        return rounds;
    }

    private static List<Double> losses(Model own) {
        try (own;
                Trainer trainer = Trainer.of(own, Loss.meanSquaredError(), Optimizer.parse("sgd:lr=0.1"), 5)) {
            return IntStream.range(0, STEPS)
                    .mapToObj(step -> trainer.step(input(0), TARGET))
                    .toList();
        }
    }

    @ParameterizedTest
    @Rule("10.10")
    @MethodSource("org.lamina.Backend#available")
    void callsAfterACloseAmongThemAreRefused(String name) throws Exception {
        Backend backend = Backend.load(name);
        Model model = model(backend);
        HostArray y = model.predict(input(0));
        CountDownLatch running = new CountDownLatch(THREADS);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> calls = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                calls.add(threads.submit(() -> predictUntilClosed(model, y, running)));
            }
            running.await();
            backend.close();
            for (Future<?> each : calls) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void predictUntilClosed(Model model, HostArray y, CountDownLatch running) {
        assertThatThrownBy(() -> {
                    while (true) {
                        assertThat(model.predict(input(0))).isEqualTo(y);
                        running.countDown();
                    }
                })
                .isInstanceOfSatisfying(
                        LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
    }

    private static Model model(Backend backend) {
        return backend.model(LAYER).initialize(input(0).shape(), 1);
    }

    private static HostArray input(int seed) {
        return HostArray.uniform(Shape.of(8, 16), seed);
    }

    private static long residentKibibytes() throws IOException {
        System.gc();
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
