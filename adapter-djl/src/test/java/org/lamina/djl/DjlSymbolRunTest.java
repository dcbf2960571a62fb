package org.lamina.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.Binary;
import org.lamina.graph.Graph;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.MatMul;
import org.lamina.graph.Node;
import org.lamina.graph.ScatterAdd;
import org.lamina.graph.Unary;
import org.lamina.spi.Executable;
import org.lamina.spi.NativeArray;

/** A graph as programs of MXNet's: who owns what, for which sizes, and when it runs op by op. */
class DjlSymbolRunTest {
    private static final TensorType OPEN = new TensorType(DType.FLOAT32, Shape.of(Shape.BATCH, 3));

    @SuppressWarnings("NullAway.Init")
    private DjlEngine engine;

    @BeforeEach
    void open() {
        DjlProvider provider = new DjlProvider.Mxnet();
        assumeTrue(provider.isPresent(), "the profile leaves this engine out");
        engine = (DjlEngine) provider.open();
    }

    @AfterEach
    void close() {
        if (engine != null) {
            engine.close();
        }
    }

    /** Two outputs: x + x, and x x + x, which is computed on the way to nothing else. */
    private static Graph doubled() {
        GraphBuilder builder = new GraphBuilder();
        Node x = builder.input("x", OPEN);
        Node twice = builder.apply(Binary.ADD, x, x);
        return Graph.of(List.of(x), List.of(twice, builder.apply(Binary.ADD, builder.apply(Binary.MUL, x, x), x)));
    }

    private List<HostArray> run(Executable executable, HostArray x) {
        try (NativeArray input = engine.upload(x)) {
            List<NativeArray> outputs = executable.run(List.of(input));
            List<HostArray> values = outputs.stream().map(NativeArray::download).toList();
            outputs.forEach(NativeArray::close);
            return values;
        }
    }

    private static DjlSymbolRun programs(Graph graph) {
        return DjlSymbolRun.compile(graph, other -> {
            throw new AssertionError("ran op by op: " + other);
        });
    }

    @Test
    void aLaterRunLeavesEarlierOutputsAsTheyWere() {
        try (DjlSymbolRun program = programs(doubled());
                NativeArray one = engine.upload(HostArray.full(OPEN.bind(2), 1));
                NativeArray two = engine.upload(HostArray.full(OPEN.bind(2), 2))) {
            List<NativeArray> first = program.run(List.of(one));
            List<NativeArray> second = program.run(List.of(two));
            assertThat(first.get(0).download()).isEqualTo(HostArray.full(OPEN.bind(2), 2));
            assertThat(first.get(1).download()).isEqualTo(HostArray.full(OPEN.bind(2), 2));
            assertThat(second.get(0).download()).isEqualTo(HostArray.full(OPEN.bind(2), 4));
            assertThat(second.get(1).download()).isEqualTo(HostArray.full(OPEN.bind(2), 6));
            first.forEach(NativeArray::close);
            second.forEach(NativeArray::close);
        }
    }

    @Test
    void outputsOutliveTheirProgramAndItsInputs() {
        List<NativeArray> outputs;
        try (DjlSymbolRun program = programs(doubled());
                NativeArray input = engine.upload(HostArray.full(OPEN.bind(1000), 3))) {
            outputs = program.run(List.of(input));
        }
        assertThat(outputs.get(1).download()).isEqualTo(HostArray.full(OPEN.bind(1000), 12));
        outputs.forEach(NativeArray::close);
    }

    /** More sizes than programs are kept, and each twice. */
    @Test
    void everyBatchSizeGetsItsResult() {
        try (DjlSymbolRun program = programs(doubled())) {
            for (int i = 0; i < 2 * 70; i++) {
                long batch = 1L + i % 70;
                List<HostArray> results = run(program, HostArray.full(OPEN.bind(batch), i));
                assertThat(results.get(0)).isEqualTo(HostArray.full(OPEN.bind(batch), 2 * i));
            }
        }
    }

    @Test
    void eightThreadsShareAProgram() throws Exception {
        GraphBuilder builder = new GraphBuilder();
        Node x = builder.input("x", new TensorType(DType.FLOAT32, Shape.of(64, 64)));
        Node product = builder.apply(new MatMul(), x, x);
        Graph graph =
                Graph.of(List.of(x), List.of(builder.apply(Unary.SIGMOID, builder.apply(new MatMul(), product, x))));
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try (DjlSymbolRun program = programs(graph)) {
            List<HostArray> inputs = IntStream.range(0, 8)
                    .mapToObj(seed -> HostArray.uniform(Shape.of(64, 64), seed))
                    .toList();
            List<HostArray> alone =
                    inputs.stream().map(input -> run(program, input).get(0)).toList();
            List<Callable<Boolean>> calls = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                int number = i % 8;
                calls.add(() -> run(program, inputs.get(number)).get(0).equals(alone.get(number)));
            }
            for (Future<Boolean> same : threads.invokeAll(calls)) {
                assertThat(same.get()).isTrue();
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void anInputMayBeClosedAsSoonAsARunHasStarted() {
        try (DjlSymbolRun program = programs(doubled())) {
            NativeArray input = engine.upload(HostArray.full(OPEN.bind(4), 1));
            List<NativeArray> outputs = program.run(List.of(input));
            input.close();
            assertThat(outputs.get(0).download()).isEqualTo(HostArray.full(OPEN.bind(4), 2));
            outputs.forEach(NativeArray::close);
            assertThatThrownBy(() -> program.run(List.of(input)))
                    .isInstanceOf(LaminaException.class)
                    .hasMessageContaining("closed");
        }
    }

    @Test
    void whatMxnetHasNoProgramForRunsOpByOp() {
        GraphBuilder builder = new GraphBuilder();
        Node x = builder.input("x", new TensorType(DType.FLOAT32, Shape.of(2)));
        Node indices = builder.input("indices", new TensorType(DType.INT64, Shape.of(2)));
        Graph graph = Graph.of(List.of(x, indices), List.of(builder.apply(new ScatterAdd(0, 3), x, indices)));
        List<Graph> others = new ArrayList<>();
        DjlSymbolRun run = DjlSymbolRun.compile(graph, other -> {
            others.add(other);
            return engine.opByOp(other);
        });
        try (run;
                NativeArray values = engine.upload(HostArray.of(Shape.of(2), 1f, 2f));
                NativeArray at = engine.upload(HostArray.of(Shape.of(2), 1L, 1L));
                NativeArray sum = run.run(List.of(values, at)).get(0)) {
            assertThat(sum.download()).isEqualTo(HostArray.of(Shape.of(3), 0f, 3f, 0f));
        }
        assertThat(others).containsExactly(graph);
    }

    @Test
    void anEmptyBatchRunsOpByOpAndOthersDoNot() {
        List<Graph> others = new ArrayList<>();
        DjlSymbolRun run = DjlSymbolRun.compile(doubled(), other -> {
            others.add(other);
            return engine.opByOp(other);
        });
        try (run) {
            HostArray one = HostArray.full(OPEN.bind(1), 1);
            assertThat(run(run, one).get(0)).isEqualTo(HostArray.full(OPEN.bind(1), 2));
            assertThat(others).isEmpty();
            assertThat(run(run, HostArray.full(OPEN.bind(0), 0)).get(0).size()).isZero();
            assertThat(others).hasSize(1);
            assertThat(run(run, one).get(0)).isEqualTo(HostArray.full(OPEN.bind(1), 2));
        }
    }
}
