package org.lamina.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
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
import org.lamina.graph.MatMul;
import org.lamina.graph.Node;
import org.lamina.graph.Slice;
import org.lamina.graph.Unary;
import org.lamina.spi.Engine;
import org.lamina.spi.Executable;
import org.lamina.spi.NativeArray;

/** Arrays, batch sizes, threads and memory of the engine. */
class Dl4jEngineTest {
    private static final Engine ENGINE = new Dl4jProvider().open();

    @ParameterizedTest
    @EnumSource
    void arraysComeBackBitForBit(DType dtype) {
        for (Shape shape : List.of(Shape.scalar(), Shape.of(0, 3), Shape.of(2, 3), Shape.of(7, 100, 101))) {
            HostArray array = HostArray.generate(new TensorType(dtype, shape), i -> i % 251 - 100.5);
            try (NativeArray uploaded = ENGINE.upload(array)) {
                assertThat(uploaded.type()).isEqualTo(array.type());
                assertThat(uploaded.download()).isEqualTo(array);
            }
        }
    }

    @Test
    void oneExecutableTakesEveryBatchSize() {
        GraphBuilder graph = new GraphBuilder();
        Node x = graph.input("x", new TensorType(DType.FLOAT32, Shape.of(Shape.BATCH, 2)));
        Node row = graph.constant(HostArray.of(Shape.of(2), 10f, 20f));
        Node rows = graph.broadcast(row, Shape.of(Shape.BATCH, 2));
        try (Executable executable = ENGINE.compile(Graph.of(List.of(x), List.of(graph.add(x, x), rows)))) {
            for (long batch : new long[] {3, 1, 0}) {
                HostArray input = HostArray.full(new TensorType(DType.FLOAT32, Shape.of(batch, 2)), 1);
                List<HostArray> outputs = run(executable, input);
                assertThat(outputs.get(0)).isEqualTo(HostArray.full(input.type(), 2));
                assertThat(outputs.get(1)).isEqualTo(HostArray.generate(input.type(), i -> i % 2 == 0 ? 10 : 20));
            }
        }
    }

    @Test
    void nothingAskedForIsNothing() {
        GraphBuilder graph = new GraphBuilder();
        Node x = graph.input("x", new TensorType(DType.INT32, Shape.of(2)));
        try (Executable executable = ENGINE.compile(Graph.of(List.of(x), List.of()))) {
            assertThat(run(executable, HostArray.of(Shape.of(2), 1, 2))).isEmpty();
        }
    }

    /** Below and above the size from which a constant is given at every run, and above it by an op on a small one. */
    @Test
    void constantsNeedNoInput() {
        GraphBuilder graph = new GraphBuilder();
        Node unused = graph.input("unused", new TensorType(DType.BOOL, Shape.scalar()));
        HostArray small = HostArray.uniform(Shape.of(3), 1);
        HostArray large = HostArray.uniform(Shape.of(3, 10_000), 2);
        Node wide = graph.broadcast(graph.constant(small), Shape.of(10_000, 3));
        Node both = graph.apply(new MatMul(), graph.constant(large), wide);
        List<Node> outputs = List.of(graph.constant(small), graph.constant(large), graph.neg(wide), both, both);
        try (Executable executable = ENGINE.compile(Graph.of(List.of(unused), outputs))) {
            List<HostArray> values = run(executable, HostArray.of(Shape.scalar(), true));
            assertThat(values.subList(0, 2)).containsExactly(small, large);
            assertThat(values.get(2).get(9_999, 1)).isEqualTo(-small.doubleAt(1));
            assertThat(values.get(3).shape()).isEqualTo(Shape.of(3, 3));
            assertThat(values.get(4)).isEqualTo(values.get(3));
        }
    }

    /** Written to through its tensor, an output changes neither an input, nor a constant, nor another output. */
    @Test
    void outputsShareNoMemory() {
        GraphBuilder graph = new GraphBuilder();
        Node x = graph.input("x", new TensorType(DType.FLOAT32, Shape.of(Shape.BATCH, 2)));
        Node constant = graph.constant(HostArray.of(Shape.of(1, 2), 1f, 1f));
        Node sum = graph.add(x, x);
        List<Node> outputs = List.of(
                x,
                x,
                graph.reshape(x, Shape.of(Shape.BATCH, 2, 1)),
                graph.sum(x, List.of(0), true),
                graph.apply(new Slice(1, 0, 2, 1), x),
                constant,
                graph.broadcast(constant, Shape.of(Shape.BATCH, 2)),
                sum,
                graph.reshape(sum, Shape.of(2, Shape.BATCH)),
                sum);
        HostArray ones = HostArray.of(Shape.of(1, 2), 1f, 1f);
        try (Executable executable = ENGINE.compile(Graph.of(List.of(x), outputs));
                NativeArray input = ENGINE.upload(ones)) {
            for (int written = 0; written < outputs.size(); written++) {
                List<NativeArray> results = executable.run(List.of(input));
                List<HostArray> before =
                        results.stream().map(NativeArray::download).toList();
                Dl4jArray.bytes(((Dl4jArray) results.get(written)).array()).put(0, (byte) 77);
                for (int i = 0; i < results.size(); i++) {
                    assertThat(results.get(i).download().equals(before.get(i)))
                            .as("output %s after output %s was written to", i, written)
                            .isEqualTo(i != written);
                }
                assertThat(input.download()).isEqualTo(ones);
                results.forEach(NativeArray::close);
                List<NativeArray> again = executable.run(List.of(input));
                assertThat(again.stream().map(NativeArray::download).toList()).isEqualTo(before);
                again.forEach(NativeArray::close);
            }
        }
    }

    @Test
    void closingTwiceIsClosingOnce() {
        NativeArray array = ENGINE.upload(HostArray.uniform(Shape.of(2), 1));
        array.close();
        array.close();
        assertClosed(array::download);

        GraphBuilder graph = new GraphBuilder();
        Executable executable = ENGINE.compile(Graph.of(List.of(), List.of(graph.scalar(1, DType.FLOAT32))));
        executable.close();
        executable.close();
        assertClosed(() -> executable.run(List.of()));
    }

    private static void assertClosed(Callable<?> use) {
        assertThatThrownBy(use::call).isInstanceOfSatisfying(LaminaException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.CLOSED));
    }

    @Test
    void anIndexOutOfRangeIsAnError() {
        GraphBuilder graph = new GraphBuilder();
        Node x = graph.input("x", new TensorType(DType.INT64, Shape.of(2)));
        Node gathered = graph.apply(new Gather(0), x, x);
        try (Executable executable = ENGINE.compile(Graph.of(List.of(x), List.of(gathered)))) {
            assertThatThrownBy(() -> run(executable, HostArray.of(Shape.of(2), 0L, 2L)))
                    .isInstanceOfSatisfying(
                            LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RANGE));
        }
    }

    @Test
    void threadsShareAnExecutable() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        HostArray x = HostArray.normal(Shape.of(64, 96), 1);
        try (Executable executable = dense(HostArray.normal(Shape.of(96, 80), 2))) {
            HostArray expected = run(executable, x).get(0);
            List<Future<Boolean>> equal = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                equal.add(threads.submit(() -> run(executable, x).get(0).equals(expected)));
            }
            for (Future<Boolean> each : equal) {
                assertThat(each.get()).isTrue();
            }
        } finally {
            threads.shutdown();
        }
    }

    /** A leak of the output alone, 4 KiB a run, would show as 80,000 KiB. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void memoryStaysFlat() throws IOException {
        HostArray x = HostArray.normal(Shape.of(32, 64), 1);
        try (Executable executable = dense(HostArray.normal(Shape.of(64, 32), 2))) {
            repeat(executable, x, 2_000);
            long before = residentKibibytes();
            repeat(executable, x, 20_000);
            assertThat(residentKibibytes() - before).isLessThan(20_000);
        }
    }

    private static void repeat(Executable executable, HostArray x, int times) {
        try (NativeArray input = ENGINE.upload(x)) {
            for (int i = 0; i < times; i++) {
                executable.run(List.of(input)).forEach(NativeArray::close);
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

    /** tanh(max(x W, 0)). */
    private static Executable dense(HostArray weight) {
        GraphBuilder graph = new GraphBuilder();
        long units = weight.shape().dim(0);
        Node x = graph.input("x", new TensorType(DType.FLOAT32, Shape.of(Shape.BATCH, units)));
        Node product = graph.apply(new MatMul(), x, graph.constant(weight));
        Node y = graph.apply(Unary.TANH, graph.apply(Binary.MAX, product, graph.scalar(0, x)));
        return ENGINE.compile(Graph.of(List.of(x), List.of(y)));
    }

    private static List<HostArray> run(Executable executable, HostArray input) {
        try (NativeArray array = ENGINE.upload(input)) {
            List<NativeArray> outputs = executable.run(List.of(array));
            List<HostArray> values = outputs.stream().map(NativeArray::download).toList();
            outputs.forEach(NativeArray::close);
            return values;
        }
    }
}
