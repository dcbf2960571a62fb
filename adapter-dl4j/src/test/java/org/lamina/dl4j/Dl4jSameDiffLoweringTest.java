package org.lamina.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.ArgMax;
import org.lamina.graph.Binary;
import org.lamina.graph.Broadcast;
import org.lamina.graph.Cast;
import org.lamina.graph.Comparison;
import org.lamina.graph.Concat;
import org.lamina.graph.Count;
import org.lamina.graph.CumSum;
import org.lamina.graph.Gather;
import org.lamina.graph.Graph;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.Logical;
import org.lamina.graph.MatMul;
import org.lamina.graph.Node;
import org.lamina.graph.Op;
import org.lamina.graph.Pad;
import org.lamina.graph.Reduction;
import org.lamina.graph.Reduction.Reducer;
import org.lamina.graph.Reshape;
import org.lamina.graph.ScatterAdd;
import org.lamina.graph.Select;
import org.lamina.graph.Slice;
import org.lamina.graph.StopGradient;
import org.lamina.graph.Transpose;
import org.lamina.graph.Unary;
import org.lamina.spi.Engine;
import org.lamina.spi.Executable;
import org.lamina.spi.NativeArray;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A graph lowered onto SameDiff gives what it gives on ND4J. */
class Dl4jSameDiffLoweringTest {
    private static final Engine ENGINE = new Dl4jProvider().open();
    private static final List<Integer> INNER = List.of(0, 2);

    record Case(Op op, List<HostArray> operands) {
        static Case of(Op op, HostArray... operands) {
            return new Case(op, List.of(operands));
        }

        @Override
        public String toString() {
            return op.kind() + " " + operands.stream().map(HostArray::type).toList();
        }
    }

    /** Positive and not 0, so that every op takes it; whole, so that a cast leaves it. */
    private static HostArray values(DType dtype, long... sizes) {
        return HostArray.generate(new TensorType(dtype, Shape.of(sizes)), i -> 1 + (i * 7) % 5);
    }

    static Stream<Case> floating() {
        return Stream.of(DType.FLOAT32, DType.FLOAT64).flatMap(dtype -> {
            List<Case> cases = new ArrayList<>();
            for (Unary op : Unary.values()) {
                if (op != Unary.NOT) {
                    cases.add(Case.of(op, values(dtype, 2, 3)));
                }
            }
            cases.add(Case.of(Binary.DIV, values(dtype, 2, 1), values(dtype, 3)));
            cases.add(Case.of(Binary.POW, values(dtype, 2, 1), values(dtype, 3)));
            cases.add(Case.of(new Reduction(Reducer.MEAN, INNER, false), values(dtype, 2, 3, 2)));
            cases.add(Case.of(new MatMul(), values(dtype, 2, 3), values(dtype, 3, 2)));
            cases.add(Case.of(new MatMul(), values(dtype, 2, 1, 2, 3), values(dtype, 2, 3, 1)));
            HostArray special = HostArray.of(Shape.of(3), Double.NaN, Double.NEGATIVE_INFINITY, 1)
                    .cast(dtype);
            HostArray mask = HostArray.of(Shape.of(2, 1), true, false);
            cases.add(Case.of(new Select(), mask, values(dtype, 3), special));
            cases.add(Case.of(new Select(), mask, special, values(dtype, 2, 3)));
            cases.add(Case.of(new StopGradient(), special));
            cases.add(Case.of(new Gather(0), special, HostArray.of(Shape.of(4), 2, 0, 1, 2)));
            return cases.stream();
        });
    }

    static Stream<Case> numeric() {
        return Stream.of(DType.FLOAT32, DType.FLOAT64, DType.INT32, DType.INT64).flatMap(dtype -> {
            List<Case> cases = new ArrayList<>();
            for (Op op : List.of(Binary.ADD, Binary.SUB, Binary.MUL, Binary.MAX, Binary.MIN)) {
                cases.add(Case.of(op, values(dtype, 2, 1, 2), values(dtype, 3, 1)));
            }
            for (Op op : Comparison.values()) {
                cases.add(Case.of(op, values(dtype, 2, 1), values(dtype, 3)));
            }
            for (Reducer reducer : List.of(Reducer.SUM, Reducer.MAX, Reducer.MIN)) {
                cases.add(Case.of(new Reduction(reducer, INNER, true), values(dtype, 2, 3, 2)));
                cases.add(Case.of(new Reduction(reducer, INNER, false), values(dtype, 2, 3, 2)));
            }
            cases.add(Case.of(new Reduction(Reducer.PROD, INNER, false), values(dtype, 3, 2, 5)));
            cases.add(Case.of(new ArgMax(1), values(dtype, 2, 5)));
            cases.add(Case.of(new Count(INNER, dtype), values(dtype, 2, 3, 5)));
            cases.add(Case.of(new Reshape(Shape.of(3, 1, 2)), values(dtype, 2, 3)));
            cases.add(Case.of(new Reshape(Shape.scalar()), values(dtype, 1, 1)));
            cases.add(Case.of(new Transpose(List.of(2, 0, 1)), values(dtype, 2, 3, 2)));
            cases.add(Case.of(new Broadcast(Shape.of(2, 2, 3)), values(dtype, 2, 1)));
            cases.add(Case.of(new Concat(1), values(dtype, 2, 1), values(dtype, 2, 0), values(dtype, 2, 2)));
            cases.add(Case.of(new Slice(1, 6, 3, -2), values(dtype, 2, 7)));
            cases.add(Case.of(new Slice(0, 1, 3, 3), values(dtype, 9, 2)));
            cases.add(Case.of(new Pad(0, 1, 2, 7), values(dtype, 2, 2)));
            HostArray indices = HostArray.of(Shape.of(2, 2), 2, 0, 2, 1);
            cases.add(Case.of(new Gather(1), values(dtype, 2, 3), indices));
            cases.add(Case.of(new ScatterAdd(0, 4), values(dtype, 2, 2, 3), indices));
            cases.add(Case.of(new ScatterAdd(1, 4), values(dtype, 3, 2, 2, 2), indices));
            for (int form = 0; form < 4; form++) {
                cases.add(Case.of(new CumSum(1, (form & 1) != 0, (form & 2) != 0), values(dtype, 2, 4)));
            }
            for (DType other : DType.values()) {
                cases.add(Case.of(new Cast(other), values(dtype, 3)));
            }
            return cases.stream();
        });
    }

    static Stream<Case> logical() {
        HostArray x = HostArray.of(Shape.of(2, 1), true, false);
        HostArray y = HostArray.of(Shape.of(2), true, false);
        return Stream.of(
                Case.of(Unary.NOT, x),
                Case.of(Logical.AND, x, y),
                Case.of(Logical.OR, x, y),
                Case.of(new Select(), x, x, y),
                Case.of(new Select(), x, values(DType.INT64, 2, 2), values(DType.INT64, 1)),
                Case.of(new Gather(0), x, HostArray.of(Shape.of(3), 1, 0, 1)),
                Case.of(new Transpose(List.of(1, 0)), x),
                Case.of(new Broadcast(Shape.of(2, 3)), x),
                Case.of(new Concat(0), x, x));
    }

    @ParameterizedTest
    @MethodSource({"floating", "numeric", "logical"})
    void givesWhatItGivesOnNd4j(Case given) {
        GraphBuilder builder = new GraphBuilder();
        List<Node> inputs = new ArrayList<>();
        given.operands().forEach(operand -> inputs.add(builder.input("x" + inputs.size(), operand.type())));
        Graph graph = Graph.of(inputs, List.of(builder.apply(given.op(), inputs)));

        HostArray expected = onNd4j(graph, given.operands());
        HostArray got = onSameDiff(graph, given.operands());

        assertThat(got.type()).isEqualTo(expected.type());
        for (int i = 0; i < expected.size(); i++) {
            double value = expected.doubleAt(i);
            double error =
                    Double.isFinite(value) ? Math.abs(value) * (expected.dtype() == DType.FLOAT32 ? 1e-6 : 1e-14) : 0;
            assertThat(got.doubleAt(i)).as("element %s", i).isEqualTo(value, within(error));
        }
    }

    private static HostArray onSameDiff(Graph graph, List<HostArray> operands) {
        SameDiff target = SameDiff.create();
        List<SDVariable> inputs =
                operands.stream().map(x -> target.constant(Dl4jArray.copy(x))).toList();
        INDArray result = Dl4jSameDiffLowering.add(target, graph, inputs).get(0).eval();
        INDArray ordered = result.dup('c');
        DType dtype = graph.outputTypes().get(0).dtype();
        assertThat(ordered.dataType()).isEqualTo(Dl4jArray.dataType(dtype));
        return new Dl4jArray(new TensorType(dtype, Shape.of(ordered.shape())), ordered).download();
    }

    private static HostArray onNd4j(Graph graph, List<HostArray> operands) {
        List<NativeArray> inputs = operands.stream().map(ENGINE::upload).toList();
        try (Executable executable = ENGINE.compile(graph);
                NativeArray output = executable.run(inputs).get(0)) {
            return output.download();
        } finally {
            inputs.forEach(NativeArray::close);
        }
    }
}
