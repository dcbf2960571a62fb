package org.lamina.conformance;

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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.ArgMax;
import org.lamina.graph.Binary;
import org.lamina.graph.Composite;
import org.lamina.graph.Graph;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.MatMul;
import org.lamina.graph.Node;
import org.lamina.graph.Op;
import org.lamina.graph.Reduction;
import org.lamina.graph.Reduction.Reducer;
import org.lamina.graph.StopGradient;
import org.lamina.graph.Unary;
import org.lamina.spi.Engine;
import org.lamina.spi.Executable;
import org.lamina.spi.NativeArray;

/** Arrays, batch sizes, threads and memory of the engine. */
class EngineTest {
    private static final int RUNS = 5_000;
    private static final Backends BACKENDS = new Backends();

    @AfterAll
    static void close() {
        BACKENDS.close();
    }

    static List<Engine> engines() {
        return BACKENDS.engines();
    }

    @ParameterizedTest(autoCloseArguments = false)
    @Rule("1.2")
    @MethodSource("engines")
    void arraysComeBackBitForBit(Engine engine) {
        for (DType dtype : DType.values()) {
            arrayComesBackBitForBit(engine, dtype);
        }
    }

    private static void arrayComesBackBitForBit(Engine engine, DType dtype) {
        for (Shape shape : List.of(Shape.scalar(), Shape.of(0, 3), Shape.of(2, 3), Shape.of(7, 100, 101))) {
            HostArray array = HostArray.generate(new TensorType(dtype, shape), i -> i % 251 - 100.5);
            try (NativeArray uploaded = engine.upload(array)) {
                assertThat(uploaded.type()).isEqualTo(array.type());
                assertThat(uploaded.download()).isEqualTo(array);
            }
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @Rule("1.5")
    @MethodSource("engines")
    void oneExecutableTakesEveryBatchSize(Engine engine) {
        GraphBuilder graph = new GraphBuilder();
        Node x = graph.input("x", new TensorType(DType.FLOAT32, Shape.of(Shape.BATCH, 2)));
        Node row = graph.constant(HostArray.of(Shape.of(2), 10f, 20f));
        Node rows = graph.broadcast(row, Shape.of(Shape.BATCH, 2));
        try (Executable executable = engine.compile(Graph.of(List.of(x), List.of(graph.add(x, x), rows)))) {
            for (long batch : new long[] {3, 1, 0}) {
                HostArray input = HostArray.full(new TensorType(DType.FLOAT32, Shape.of(batch, 2)), 1);
                List<HostArray> outputs = run(engine, executable, input);
                assertThat(outputs.get(0)).isEqualTo(HostArray.full(input.type(), 2));
                assertThat(outputs.get(1)).isEqualTo(HostArray.generate(input.type(), i -> i % 2 == 0 ? 10 : 20));
            }
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @Rule("1.7")
    @MethodSource("engines")
    void anEmptyBatchLeavesNothingToReduce(Engine engine) {
        for (Op op : List.of(
                new ArgMax(0),
                new Reduction(Reducer.MEAN, List.of(0), false),
                new Reduction(Reducer.MAX, List.of(0, 1), false),
                new Reduction(Reducer.MIN, List.of(0), true))) {
            GraphBuilder graph = new GraphBuilder();
            Node x = graph.input("x", new TensorType(DType.FLOAT32, Shape.of(Shape.BATCH, 2)));
            try (Executable executable = engine.compile(Graph.of(List.of(x), List.of(graph.apply(op, x))))) {
                HostArray none = HostArray.of(Shape.of(0, 2), new float[0]);
                assertThatThrownBy(() -> run(engine, executable, none))
                        .as("%s on %s", op, engine.info().name())
                        .isInstanceOfSatisfying(
                                LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.EMPTY));
                assertThat(run(engine, executable, HostArray.full(new TensorType(DType.FLOAT32, Shape.of(3, 2)), 1)))
                        .hasSize(1);
            }
        }
    }

    /** A composite and a stopped gradient may be their operand itself, which must outlive them. */
    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("engines")
    @Rule({"3.49", "3.51"})
    void aValueOutlivesWhatIsOnlyAnotherNameForIt(Engine engine) {
        GraphBuilder graph = new GraphBuilder();
        Node x = graph.input("x", new TensorType(DType.FLOAT32, Shape.of(2)));
        Node value = graph.add(x, x);
        Node first = graph.add(graph.apply(new Composite("first", null), value, x), x);
        Node second = graph.add(graph.apply(new StopGradient(), value), first);
        Node third = graph.add(graph.apply(new Composite("third", null), value, x), second);
        Graph names = Graph.of(List.of(x), List.of(graph.add(value, third), graph.add(x, third)));
        assertThat(EngineRun.of(engine, names, List.of(HostArray.of(Shape.of(2), 1f, 2f))))
                .containsExactly(HostArray.of(Shape.of(2), 9f, 18f), HostArray.of(Shape.of(2), 8f, 16f));
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("engines")
    void nothingAskedForIsNothing(Engine engine) {
        GraphBuilder graph = new GraphBuilder();
        Node x = graph.input("x", new TensorType(DType.INT32, Shape.of(2)));
        try (Executable executable = engine.compile(Graph.of(List.of(x), List.of()))) {
            assertThat(run(engine, executable, HostArray.of(Shape.of(2), 1, 2))).isEmpty();
        }
    }

    /** Below and above the size from which a constant is given at every run, and above it by an op on a small one. */
    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("engines")
    void constantsNeedNoInput(Engine engine) {
        GraphBuilder graph = new GraphBuilder();
        Node unused = graph.input("unused", new TensorType(DType.BOOL, Shape.scalar()));
        HostArray small = HostArray.uniform(Shape.of(3), 1);
        HostArray large = HostArray.uniform(Shape.of(3, 10_000), 2);
        Node wide = graph.broadcast(graph.constant(small), Shape.of(10_000, 3));
        Node both = graph.apply(new MatMul(), graph.constant(large), wide);
        List<Node> outputs = List.of(graph.constant(small), graph.constant(large), graph.neg(wide), both, both);
        try (Executable executable = engine.compile(Graph.of(List.of(unused), outputs))) {
            List<HostArray> values = run(engine, executable, HostArray.of(Shape.scalar(), true));
            assertThat(values.subList(0, 2)).containsExactly(small, large);
            assertThat(values.get(2).get(9_999, 1)).isEqualTo(-small.doubleAt(1));
            assertThat(values.get(3).shape()).isEqualTo(Shape.of(3, 3));
            assertThat(values.get(4)).isEqualTo(values.get(3));
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @Rule("10.10")
    @MethodSource("engines")
    void closingTwiceIsClosingOnce(Engine engine) {
        NativeArray array = engine.upload(HostArray.uniform(Shape.of(2), 1));
        array.close();
        array.close();
        assertClosed(array::download);

        GraphBuilder graph = new GraphBuilder();
        Executable executable = engine.compile(Graph.of(List.of(), List.of(graph.scalar(1, DType.FLOAT32))));
        executable.close();
        executable.close();
        assertClosed(() -> executable.run(List.of()));
    }

    private static void assertClosed(Callable<?> use) {
        assertThatThrownBy(use::call).isInstanceOfSatisfying(LaminaException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.CLOSED));
    }

    @ParameterizedTest(autoCloseArguments = false)
    @Rule("10.9")
    @MethodSource("engines")
    void threadsShareAnExecutable(Engine engine) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        HostArray x = HostArray.normal(Shape.of(64, 96), 1);
        try (Executable executable = dense(engine, HostArray.normal(Shape.of(96, 80), 2))) {
            HostArray expected = run(engine, executable, x).get(0);
            List<Future<Boolean>> equal = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                equal.add(threads.submit(() -> run(engine, executable, x).get(0).equals(expected)));
            }
            for (Future<Boolean> each : equal) {
                assertThat(each.get()).isTrue();
            }
        } finally {
            threads.shutdown();
        }
    }

    /**
     * A leak of the output alone, 4 KiB a run, would show as 20,000 KiB. The first round fills pools; what a framework leaves to
     * the garbage collector is collected after each round.
     */
    @ParameterizedTest(autoCloseArguments = false)
    @Rule("10.15")
    @MethodSource("engines")
    @EnabledOnOs(OS.LINUX)
    void memoryStaysFlat(Engine engine) throws IOException, InterruptedException {
        HostArray x = HostArray.normal(Shape.of(32, 64), 1);
        try (Executable executable = dense(engine, HostArray.normal(Shape.of(64, 32), 2))) {
            round(engine, executable, x);
            long before = round(engine, executable, x);
            assertThat(round(engine, executable, x) - before)
                    .as("KiB of resident memory more after %s more runs", RUNS)
                    .isLessThan(10_000);
        }
    }

    private static long round(Engine engine, Executable executable, HostArray x)
            throws IOException, InterruptedException {
        repeat(engine, executable, x, RUNS);
        System.gc();
        Thread.sleep(100); // for the frameworks' threads that free what was collected
        return residentKibibytes();
    }

    private static void repeat(Engine engine, Executable executable, HostArray x, int times) {
        try (NativeArray input = engine.upload(x)) {
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
    private static Executable dense(Engine engine, HostArray weight) {
        GraphBuilder graph = new GraphBuilder();
        long units = weight.shape().dim(0);
        Node x = graph.input("x", new TensorType(DType.FLOAT32, Shape.of(Shape.BATCH, units)));
        Node product = graph.apply(new MatMul(), x, graph.constant(weight));
        Node y = graph.apply(Unary.TANH, graph.apply(Binary.MAX, product, graph.scalar(0, x)));
        return engine.compile(Graph.of(List.of(x), List.of(y)));
    }

    private static List<HostArray> run(Engine engine, Executable executable, HostArray input) {
        try (NativeArray array = engine.upload(input)) {
            List<NativeArray> outputs = executable.run(List.of(array));
            List<HostArray> values = outputs.stream().map(NativeArray::download).toList();
            outputs.forEach(NativeArray::close);
            return values;
        }
    }
}
