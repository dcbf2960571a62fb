package org.lamina.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BinaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.graph.Binary;
import org.lamina.graph.Graph;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.Node;
import org.lamina.graph.Op;
import org.lamina.graph.Unary;
import org.lamina.spi.Engine;
import org.lamina.spi.Executable;
import org.lamina.spi.NativeArray;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class Dl4jRunTest {
    private static final Engine ENGINE = new Dl4jProvider().open();
    private static final HostArray X = HostArray.of(
            Shape.of(2, 4), -2, 0.5, Float.NaN, Float.POSITIVE_INFINITY, 3, -0.0, Float.NEGATIVE_INFINITY, 1);
    private static final HostArray Y = HostArray.of(Shape.of(2, 4), 1, 2, 3, 4, Float.NaN, -6, 0, 1e30);
    private static final HostArray ROW = HostArray.of(Shape.of(4), 1, 2, Float.NaN, 4);
    private static final HostArray SCALAR = HostArray.of(Shape.scalar(), 3);

    static Stream<Arguments> ops() {
        return Stream.of(DType.FLOAT32, DType.FLOAT64)
                .flatMap(dtype -> Stream.concat(
                        Stream.of(Unary.values())
                                .filter(op -> op != Unary.NOT)
                                .map(op -> Arguments.of(op, List.of(X.cast(dtype)))),
                        Stream.of(Binary.values()).flatMap(op -> Stream.of(Y, ROW, SCALAR)
                                .map(y -> Arguments.of(op, List.of(X.cast(dtype), y.cast(dtype)))))));
    }

    /** An operand that is an output too is not written over. */
    @ParameterizedTest
    @MethodSource("ops")
    void writingOverAnOperandGivesWhatAnArrayOfItsOwnGets(Op op, List<HostArray> given) {
        for (int turned = 0; turned < given.size(); turned++) {
            List<HostArray> operands = turned == 0 ? given : List.of(given.get(1), given.get(0));
            assertThat(run(op, operands, false).get(0))
                    .isEqualTo(run(op, operands, true).get(0));
        }
    }

    private static List<HostArray> run(Op op, List<HostArray> given, boolean keeping) {
        GraphBuilder graph = new GraphBuilder();
        List<Node> inputs = new ArrayList<>();
        given.forEach(x -> inputs.add(graph.input("x" + inputs.size(), x.type())));
        List<Node> operands =
                inputs.stream().map(x -> graph.apply(Unary.NEG, x)).toList();
        List<Node> outputs = Stream.concat(
                        Stream.of(graph.apply(op, operands)), keeping ? operands.stream() : Stream.empty())
                .toList();
        try (Executable executable = ENGINE.compile(Graph.of(inputs, outputs))) {
            List<NativeArray> arrays = given.stream().map(ENGINE::upload).toList();
            List<NativeArray> results = executable.run(arrays);
            List<HostArray> values = results.stream().map(NativeArray::download).toList();
            Stream.concat(arrays.stream(), results.stream()).forEach(NativeArray::close);
            return values;
        }
    }

    private static Dl4jRun run(Dl4jPool pool) {
        return new Dl4jRun(new Dl4jImmediate(pool, new ConcurrentLinkedQueue<>()));
    }

    @Test
    void anOpWritesOverTheOperandItMay() {
        try (Dl4jPool pool = new Dl4jPool();
                Dl4jRun run = run(pool)) {
            INDArray x = run.create(X);
            INDArray y = run.create(Y);

            assertThat(run.overwriting(0).exp(x)).isSameAs(x);
            assertThat(run.overwriting(0).sub(x, y)).isSameAs(x);
            assertThat(run.overwriting(1).mul(x, y)).isSameAs(y);
            BinaryOperator<INDArray> add = run.lowering()::add;
            assertThat(add.apply(x, y)).isNotSameAs(x).isNotSameAs(y);
        }
    }

    @Test
    void whatARunMakesGoesBackToThePool() {
        try (Dl4jPool pool = new Dl4jPool()) {
            NativeArray kept;
            try (Dl4jRun run = run(pool)) {
                INDArray x = run.create(X);
                INDArray sum = run.tidy(() -> {
                    run.create(DataType.DOUBLE, 5);
                    return run.lowering().add(x, run.create(Y));
                });
                assertThat(pool.bytes()).isEqualTo(5 * 8 + 8 * 8);
                kept = run.keep(sum, X.type());
                run.release(x);
                assertThat(pool.bytes()).isEqualTo(5 * 8 + 2 * 8 * 8);
            }
            assertThat(pool.bytes()).isEqualTo(5 * 8 + 2 * 8 * 8);
            kept.close();
            assertThat(pool.bytes()).isEqualTo(5 * 8 + 3 * 8 * 8);
        }
    }
}
