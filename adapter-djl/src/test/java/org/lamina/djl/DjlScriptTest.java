package org.lamina.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.Binary;
import org.lamina.graph.Gather;
import org.lamina.graph.Graph;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.Node;
import org.lamina.graph.Transpose;
import org.lamina.spi.Executable;
import org.lamina.spi.NativeArray;

/** A graph as a script of PyTorch's: who owns what, also when it fails. */
class DjlScriptTest extends WithPyTorch {
    private static final TensorType OPEN = new TensorType(DType.FLOAT32, Shape.of(Shape.BATCH, 3));
    private static final int ROWS = 1 << 16;

    /** The rows of x that indices name, which a model checks and an executable does not. */
    private Executable rows(int size) {
        GraphBuilder builder = new GraphBuilder();
        Node x = builder.input("x", OPEN.bind(size));
        Node indices = builder.input("indices", new TensorType(DType.INT64, Shape.of(2)));
        return engine.compile(Graph.of(List.of(x, indices), List.of(builder.apply(new Gather(0), x, indices))));
    }

    private Executable twice() {
        GraphBuilder builder = new GraphBuilder();
        Node x = builder.input("x", OPEN);
        return engine.compile(Graph.of(List.of(x), List.of(builder.apply(Binary.ADD, x, x))));
    }

    @Test
    void aFailureOfPyTorchIsTold() {
        try (Executable rows = rows(4);
                NativeArray x = engine.upload(HostArray.full(OPEN.bind(4), 1));
                NativeArray indices = engine.upload(HostArray.of(Shape.of(2), 0L, 7L))) {
            long before = engine.openHandles();
            assertThatThrownBy(() -> rows.run(List.of(x, indices)))
                    .isInstanceOfSatisfying(
                            LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BACKEND_FAILURE))
                    .hasMessageContaining("backend djl: the framework failed while it worked: ")
                    .cause()
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("index out of range");
            assertThat(engine.openHandles()).isEqualTo(before);
            assertThat(x.download()).isEqualTo(HostArray.full(OPEN.bind(4), 1));
        }
    }

    /** A value of a script that is not freed would hold three quarters of a megabyte. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void failuresAndResultsLeaveNoMemory() throws IOException {
        HostArray values = HostArray.full(OPEN.bind(ROWS), 1);
        try (Executable rows = rows(ROWS);
                Executable twice = twice();
                NativeArray indices = engine.upload(HostArray.of(Shape.of(2), 0L, -7L))) {
            repeat(rows, twice, values, indices, 20);
            long before = residentKibibytes();
            repeat(rows, twice, values, indices, 500);
            assertThat(residentKibibytes() - before)
                    .as("KiB of resident memory more")
                    .isLessThan(100_000);
        }
    }

    private void repeat(Executable rows, Executable twice, HostArray values, NativeArray indices, int times) {
        for (int i = 0; i < times; i++) {
            try (NativeArray x = engine.upload(values)) {
                assertThatThrownBy(() -> rows.run(List.of(x, indices))).isInstanceOf(LaminaException.class);
                twice.run(List.of(x)).forEach(NativeArray::close);
            }
        }
    }

    private static long residentKibibytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aClosedInputIsRefusedAndTheOthersStayUsable() {
        try (Executable rows = rows(4);
                NativeArray x = engine.upload(HostArray.full(OPEN.bind(4), 1))) {
            NativeArray closed = engine.upload(HostArray.of(Shape.of(2), 0L, 1L));
            closed.close();
            assertThatThrownBy(() -> rows.run(List.of(x, closed)))
                    .isInstanceOfSatisfying(
                            LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
            try (NativeArray indices = engine.upload(HostArray.of(Shape.of(2), 3L, 0L))) {
                List<NativeArray> results = rows.run(List.of(x, indices));
                assertThat(results.get(0).download()).isEqualTo(HostArray.full(OPEN.bind(2), 1));
                results.forEach(NativeArray::close);
            }
        }
    }

    @Test
    void aResultInAnotherOrderIsReadInCOrder() {
        GraphBuilder builder = new GraphBuilder();
        Node x = builder.input("x", OPEN);
        Node turned = builder.apply(new Transpose(List.of(1, 0)), x);
        Node sum = builder.apply(Binary.ADD, turned, turned);
        try (Executable executable = engine.compile(Graph.of(List.of(x), List.of(turned, sum)));
                NativeArray input = engine.upload(HostArray.of(Shape.of(2, 3), 1f, 2f, 3f, 4f, 5f, 6f))) {
            List<NativeArray> results = executable.run(List.of(input));
            assertThat(results.get(0).download()).isEqualTo(HostArray.of(Shape.of(3, 2), 1f, 4f, 2f, 5f, 3f, 6f));
            assertThat(results.get(1).download()).isEqualTo(HostArray.of(Shape.of(3, 2), 2f, 8f, 4f, 10f, 6f, 12f));
            results.forEach(NativeArray::close);
        }
    }

    /** Each call gives the right numbers or says what is closed: the script, or its input. */
    @Test
    void callsGoOnWhileScriptAndInputAreClosed() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int i = 0; i < 100; i++) {
                Executable twice = twice();
                NativeArray input = engine.upload(HostArray.full(OPEN.bind(1000), i));
                HostArray expected = HostArray.full(OPEN.bind(1000), 2 * i);
                CountDownLatch started = new CountDownLatch(4);
                List<Future<Void>> calls = new ArrayList<>();
                for (int thread = 0; thread < 4; thread++) {
                    calls.add(threads.submit(untilClosed(twice, input, expected, started)));
                }
                started.await();
                (i % 2 == 0 ? twice : input).close();
                for (Future<Void> call : calls) {
                    call.get();
                }
                twice.close();
                input.close();
            }
        } finally {
            threads.shutdown();
        }
    }

    private static Callable<Void> untilClosed(
            Executable executable, NativeArray input, HostArray expected, CountDownLatch started) {
        return () -> {
            while (true) {
                List<NativeArray> results;
                try {
                    results = executable.run(List.of(input));
                } catch (LaminaException e) {
                    assertThat(e.code()).isEqualTo(ErrorCode.CLOSED);
                    started.countDown();
                    return null;
                }
                assertThat(results.get(0).download()).isEqualTo(expected);
                results.forEach(NativeArray::close);
                started.countDown();
            }
        };
    }
}
