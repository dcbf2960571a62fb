package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.ArgMax;
import org.lamina.graph.Broadcast;
import org.lamina.graph.Composite;
import org.lamina.graph.Concat;
import org.lamina.graph.CumSum;
import org.lamina.graph.Gather;
import org.lamina.graph.Graph;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.MatMul;
import org.lamina.graph.Node;
import org.lamina.graph.Op;
import org.lamina.graph.Pad;
import org.lamina.graph.Reduction;
import org.lamina.graph.Reduction.Reducer;
import org.lamina.graph.Reshape;
import org.lamina.graph.ScatterAdd;
import org.lamina.graph.Slice;
import org.lamina.graph.StopGradient;
import org.lamina.graph.Transpose;
import org.lamina.graph.Unary;
import org.lamina.spi.Engine;

/** Scalars stay scalars, and have no axes. */
class ScalarRulesTest {
    private static final HostArray NUMBER = HostArray.of(Shape.scalar(), -0.0);
    private static final Backends BACKENDS = new Backends();

    @AfterAll
    static void close() {
        BACKENDS.close();
    }

    static List<Engine> engines() {
        return BACKENDS.engines();
    }

    static Stream<Op> alongAnAxis() {
        return Stream.of(
                new ArgMax(0),
                new CumSum(0, false, false),
                new Concat(0),
                new Slice(0, 0, 0, 1),
                new Pad(0, 1, 1, 0),
                new Gather(0),
                new Reduction(Reducer.SUM, List.of(0), false));
    }

    @ParameterizedTest
    @MethodSource("alongAnAxis")
    @Rule({"1.6", "1.10"})
    void opsAlongAnAxisRefuseThem(Op op) {
        assertThat(refusal(op)).isEqualTo(ErrorCode.AXIS);
    }

    @ParameterizedTest
    @MethodSource("products")
    @Rule("1.10")
    void productsRefuseThem(Op op) {
        assertThat(refusal(op)).isEqualTo(ErrorCode.SHAPE);
    }

    static Stream<Op> products() {
        return Stream.of(new MatMul());
    }

    private static ErrorCode refusal(Op op) {
        GraphBuilder graph = new GraphBuilder();
        Node x = graph.input("x", NUMBER.type());
        Node index = graph.input("index", new TensorType(DType.INT64, Shape.scalar()));
        List<Node> operands = new ArrayList<>(List.of(x));
        if (op instanceof Gather || op instanceof ScatterAdd) {
            operands.add(index);
        } else if (op instanceof MatMul) {
            operands.add(x);
        }
        LaminaException[] refused = new LaminaException[1];
        assertThatThrownBy(() -> graph.apply(op, operands))
                .isInstanceOfSatisfying(LaminaException.class, e -> refused[0] = e);
        return refused[0].code();
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("engines")
    @Rule("1.10")
    void whatKeepsThemKeepsTheirBits(Engine engine) {
        List<Op> ops = List.of(
                new Transpose(List.of()),
                new Reshape(Shape.scalar()),
                new Broadcast(Shape.scalar()),
                new StopGradient(),
                new Composite("same", null),
                new Reduction(Reducer.SUM, List.of(), false),
                new Reduction(Reducer.PROD, List.of(), true),
                new Reduction(Reducer.MAX, List.of(), false),
                new Reduction(Reducer.MEAN, List.of(), false));
        GraphBuilder builder = new GraphBuilder();
        Node x = builder.input("x", NUMBER.type());
        List<Node> outputs = new ArrayList<>();
        ops.forEach(op -> outputs.add(builder.apply(op, builder.apply(Unary.NEG, x))));
        List<HostArray> values = EngineRun.of(engine, Graph.of(List.of(x), outputs), List.of(NUMBER));
        assertThat(values).hasSize(ops.size()).containsOnly(HostArray.of(Shape.scalar(), 0.0));
    }
}
