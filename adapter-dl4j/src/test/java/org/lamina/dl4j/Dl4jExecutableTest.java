package org.lamina.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.ArgMax;
import org.lamina.graph.Binary;
import org.lamina.graph.Gather;
import org.lamina.graph.Graph;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.Node;
import org.lamina.graph.Reduction;
import org.lamina.graph.Unary;
import org.lamina.layers.Dense;
import org.lamina.layers.Sequential;
import org.lamina.layers.Tanh;
import org.lamina.spi.EagerExecutable;
import org.lamina.spi.NativeArray;
import org.lamina.train.Adam;
import org.lamina.train.Loss;
import org.lamina.train.Trainer;

class Dl4jExecutableTest {
    private static final TensorType ROWS = new TensorType(DType.FLOAT32, Shape.of(Shape.BATCH, 3));

    private final Dl4jPool pool = new Dl4jPool();
    private final AtomicInteger opByOp = new AtomicInteger();
    private final AtomicInteger recorded = new AtomicInteger();

    private Dl4jExecutable compile(Graph graph) {
        return new Dl4jExecutable(
                graph,
                new EagerExecutable<>(graph, () -> {
                    opByOp.incrementAndGet();
                    return new Dl4jRun(new Dl4jImmediate(pool, new ConcurrentLinkedQueue<>()));
                }),
                inputs -> {
                    recorded.incrementAndGet();
                    return new Dl4jRecorder(pool, inputs);
                });
    }

    private List<HostArray> run(Dl4jExecutable executable, HostArray... values) {
        List<NativeArray> inputs = new ArrayList<>();
        for (HostArray value : values) {
            inputs.add(Dl4jArray.of(value, pool));
        }
        try {
            List<NativeArray> outputs = executable.run(inputs);
            List<HostArray> results =
                    outputs.stream().map(NativeArray::download).toList();
            outputs.forEach(NativeArray::close);
            return results;
        } finally {
            inputs.forEach(NativeArray::close);
        }
    }

    /** e^x - the sum of its row, and x itself. */
    private static Graph graph() {
        GraphBuilder graph = new GraphBuilder();
        Node x = graph.input("x", ROWS);
        Node sum = graph.apply(new Reduction(Reduction.Reducer.SUM, List.of(1), true), x);
        return Graph.of(List.of(x), List.of(graph.apply(Binary.SUB, graph.apply(Unary.EXP, x), sum), x));
    }

    private static HostArray rows(long batch, long seed) {
        return HostArray.normal(Shape.of(batch, 3), seed);
    }

    private List<HostArray> expected(HostArray x) {
        try (Dl4jExecutable once = compile(graph())) {
            return run(once, x);
        }
    }

    @Test
    void aBatchSizesSecondRunIsRecordedAndItsThirdRunsTheProgram() {
        try (Dl4jExecutable executable = compile(graph())) {
            opByOp.set(0);
            for (int i = 0; i < 5; i++) {
                HostArray x = rows(2, i);
                assertThat(run(executable, x)).isEqualTo(expected(x));
            }
            assertThat(recorded).hasValue(1);
            // Each time to expect something, which folds constants and runs once, and the first of all.
            assertThat(opByOp).hasValue(5 * 2 + 1);
        }
    }

    @Test
    void eachBatchSizeHasAProgram() {
        try (Dl4jExecutable executable = compile(graph())) {
            for (int i = 0; i < 40; i++) {
                HostArray x = rows(i % 4, i);
                assertThat(run(executable, x)).isEqualTo(expected(x));
            }
            assertThat(recorded).as("all but that of no rows").hasValue(3);
        }
    }

    @Test
    void whatDependsOnElementsIsNeverAProgram() {
        GraphBuilder graph = new GraphBuilder();
        Node x = graph.input("x", ROWS);
        try (Dl4jExecutable executable = compile(Graph.of(List.of(x), List.of(graph.apply(new ArgMax(1), x))))) {
            HostArray plain = HostArray.of(Shape.of(1, 3), 1f, 3, 2);
            HostArray missing = HostArray.of(Shape.of(1, 3), 1, 3, Float.NaN);
            for (int i = 0; i < 4; i++) {
                assertThat(run(executable, plain).get(0).longAt(0)).isEqualTo(1);
                assertThat(run(executable, missing).get(0).longAt(0)).isEqualTo(2);
            }
            assertThat(recorded).hasValue(1);
        }
    }

    @Test
    void aProgramLooksAtIndicesAndIsWholeAfterItRefused() {
        GraphBuilder graph = new GraphBuilder();
        Node x = graph.input("x", new TensorType(DType.FLOAT32, Shape.of(4)));
        Node indices = graph.input("indices", new TensorType(DType.INT64, Shape.of(2)));
        long open = Dl4jArray.open();
        try (Dl4jExecutable executable =
                compile(Graph.of(List.of(x, indices), List.of(graph.apply(new Gather(0), x, indices))))) {
            HostArray values = HostArray.of(Shape.of(4), 10f, 11, 12, 13);
            for (int i = 0; i < 6; i++) {
                HostArray good = HostArray.of(Shape.of(2), i % 4, 3L);
                HostArray bad = HostArray.of(Shape.of(2), 0, 4L);
                assertThat(run(executable, values, good)).containsExactly(HostArray.of(Shape.of(2), 10f + i % 4, 13));
                assertThatThrownBy(() -> run(executable, values, bad))
                        .isInstanceOfSatisfying(
                                LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RANGE));
            }
        }
        assertThat(Dl4jArray.open()).isEqualTo(open);
    }

    @Test
    void oneArrayMayBeTwoInputs() {
        GraphBuilder graph = new GraphBuilder();
        Node x = graph.input("x", ROWS);
        Node y = graph.input("y", ROWS);
        try (Dl4jExecutable executable = compile(Graph.of(List.of(x, y), List.of(graph.apply(Binary.SUB, x, y))))) {
            HostArray ones = HostArray.full(ROWS.bind(2), 1);
            HostArray twos = HostArray.full(ROWS.bind(2), 2);
            for (int i = 0; i < 3; i++) {
                try (NativeArray both = Dl4jArray.of(twos, pool);
                        NativeArray difference =
                                executable.run(List.of(both, both)).get(0)) {
                    assertThat(difference.download()).isEqualTo(HostArray.full(ROWS.bind(2), 0));
                }
                assertThat(run(executable, twos, ones)).containsExactly(ones);
            }
        }
    }

    @Test
    void threadsRunProgramsOfTheirOwn() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (Dl4jExecutable executable = compile(graph())) {
            List<Callable<Boolean>> calls = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                HostArray x = rows(1 + i % 2, i);
                List<HostArray> right = expected(x);
                calls.add(() -> run(executable, x).equals(right));
            }
            for (Future<Boolean> call : threads.invokeAll(calls)) {
                assertThat(call.get()).isTrue();
            }
            assertThat(recorded.get()).isBetween(2, 8);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void allMemoryGoesBackToThePool() {
        try (Dl4jExecutable executable = compile(graph())) {
            run(executable, rows(2, 1));
            run(executable, rows(2, 2));
            long kept = pool.bytes();
            for (int i = 0; i < 100; i++) {
                run(executable, rows(2, i));
                assertThat(pool.bytes()).isEqualTo(kept);
            }
        }
    }

    @Test
    void closedItRunsNoProgram() {
        Dl4jExecutable executable = compile(graph());
        for (int i = 0; i < 3; i++) {
            run(executable, rows(2, i));
        }
        executable.close();
        assertThatThrownBy(() -> run(executable, rows(2, 1)))
                .isInstanceOfSatisfying(
                        LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
    }

    /** More batch sizes than there are programs for, each twice in a row and all of them again. */
    @Test
    void programsThatAreLongUnusedLeave() {
        GraphBuilder graph = new GraphBuilder();
        Node x = graph.input("x", ROWS);
        Node y = x;
        for (int i = 0; i < 1000; i++) {
            y = graph.apply(Binary.SUB, x, y);
        }
        try (Dl4jExecutable executable = compile(Graph.of(List.of(x), List.of(y)))) {
            for (int round = 0; round < 2; round++) {
                for (int batch = 1; batch <= 20; batch++) {
                    HostArray value = rows(batch, batch);
                    List<HostArray> first = run(executable, value);
                    assertThat(run(executable, value)).isEqualTo(first);
                }
            }
            assertThat(recorded).hasValue(40);
        }
    }

    @Test
    void aStepOfTrainingIsAProgram() {
        HostArray x = HostArray.normal(Shape.of(4, 3), 1);
        HostArray y = HostArray.normal(Shape.of(4, 2), 2);
        try (Backend backend = Backend.of(new Dl4jEngine());
                Model model = backend.model(Sequential.of(new Dense(5), new Tanh(), new Dense(2)))
                        .initialize(x.shape(), 1);
                Trainer trainer = Trainer.of(model, Loss.meanSquaredError(), new Adam(0.05), 1)) {
            double first = trainer.step(x, y);
            double last = first;
            for (int i = 0; i < 200; i++) {
                last = trainer.step(x, y);
            }
            assertThat(last).isLessThan(first / 4);
        }
    }
}
