package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.conformance.cases.DerivativeCase;
import org.lamina.conformance.oracle.Oracle;
import org.lamina.conformance.oracle.OracleTensor;
import org.lamina.graph.ArgMax;
import org.lamina.graph.Binary;
import org.lamina.graph.Cast;
import org.lamina.graph.Comparison;
import org.lamina.graph.Count;
import org.lamina.graph.Graph;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.Node;
import org.lamina.graph.Op;
import org.lamina.graph.Reduction;
import org.lamina.graph.Reduction.Reducer;
import org.lamina.graph.StopGradient;
import org.lamina.graph.Unary;
import org.lamina.layer.Layer;
import org.lamina.layer.Trace;
import org.lamina.layer.TracedLayer;

/** Derivatives where there is a choice, or where a careless formula gives NaN. */
class DerivativeRulesTest {
    private interface Function {
        Node of(GraphBuilder graph, List<Node> inputs);
    }

    /** The derivatives of the sum of a function's elements by each input. */
    private static List<double[]> derivatives(Function function, HostArray... point) {
        GraphBuilder builder = new GraphBuilder();
        List<Node> inputs = new ArrayList<>();
        for (HostArray x : point) {
            inputs.add(builder.input("x" + inputs.size(), x.type()));
        }
        return evaluate(builder, function.of(builder, inputs), inputs, point);
    }

    private static double[] derivative(Layer layer, HostArray point) {
        TracedLayer traced = Trace.of(layer, DType.FLOAT64, List.of(point.type()), false);
        return evaluate(traced.graph(), traced.outputs().get(0), traced.inputs(), point)
                .get(0);
    }

    private static List<double[]> evaluate(GraphBuilder builder, Node value, List<Node> inputs, HostArray... point) {
        List<Integer> axes = new ArrayList<>();
        for (int axis = 0; axis < value.type().shape().rank(); axis++) {
            axes.add(axis);
        }
        Node sum = builder.sum(value, axes, false);
        Graph graph = Graph.of(inputs, DerivativeCase.gradient(builder, sum, inputs));
        return Oracle.evaluate(graph, List.of(point)).stream()
                .map(OracleTensor::toFloat64)
                .map(HostArray::toDoubles)
                .toList();
    }

    private static HostArray vector(double... values) {
        return HostArray.of(Shape.of(values.length), values);
    }

    @Test
    @Rule("5.2")
    void usesAddUp() {
        HostArray x = vector(2, 3);
        assertThat(derivatives((g, in) -> g.add(g.mul(in.get(0), in.get(0)), in.get(0)), x)
                        .get(0))
                .containsExactly(5, 7);
        assertThat(derivatives((g, in) -> g.mul(in.get(0), in.get(0)), x, vector(1, 1))
                        .get(1))
                .containsExactly(0, 0);
        assertThat(derivatives((g, in) -> g.mul(in.get(0), in.get(1)), x, HostArray.of(Shape.scalar(), 1.0))
                        .get(1))
                .containsExactly(5);
    }

    @Test
    @Rule("5.3")
    void stepsAndCutsPassNothing() {
        HostArray x = vector(-1.5, 0, 2);
        assertThat(derivatives((g, in) -> g.apply(Unary.ABS, in.get(0)), x).get(0))
                .containsExactly(-1, 0, 1);
        for (Op op : List.of(Unary.SIGN, Unary.FLOOR, new StopGradient())) {
            assertThat(derivatives((g, in) -> g.mul(g.scalar(3, DType.FLOAT64), g.apply(op, in.get(0))), x)
                            .get(0))
                    .containsExactly(0, 0, 0);
        }
        for (Op op : List.of(new ArgMax(0), new Cast(DType.INT32), new Count(List.of(0), DType.FLOAT64))) {
            assertThat(derivatives((g, in) -> g.apply(new Cast(DType.FLOAT64), g.apply(op, in.get(0))), x)
                            .get(0))
                    .containsExactly(0, 0, 0);
        }
        Function mask = (g, in) -> g.mul(
                in.get(0),
                g.apply(new Cast(DType.FLOAT64), g.apply(Comparison.LESS, g.scalar(0, DType.FLOAT64), in.get(0))));
        assertThat(derivatives(mask, x).get(0)).containsExactly(0, 0, 1);
        Function narrowed = (g, in) -> g.apply(new Cast(DType.FLOAT64), g.apply(new Cast(DType.FLOAT32), in.get(0)));
        assertThat(derivatives(narrowed, x).get(0)).containsExactly(1, 1, 1);
    }

    @Test
    @Rule("5.4")
    void tiesShareEvenly() {
        HostArray x = vector(1, 2, 3);
        HostArray y = vector(2, 2, 2);
        for (Binary op : List.of(Binary.MAX, Binary.MIN)) {
            List<double[]> shares = derivatives((g, in) -> g.apply(op, in.get(0), in.get(1)), x, y);
            double first = op == Binary.MAX ? 0 : 1;
            assertThat(shares.get(0)).containsExactly(first, 0.5, 1 - first);
            assertThat(shares.get(1)).containsExactly(1 - first, 0.5, first);
        }
        Function greatest = (g, in) -> g.apply(new Reduction(Reducer.MAX, List.of(0), false), in.get(0));
        assertThat(derivatives(greatest, vector(4, 1, 4, 4, 4)).get(0)).containsExactly(0.25, 0, 0.25, 0.25, 0.25);
        Function least = (g, in) -> g.apply(new Reduction(Reducer.MIN, List.of(0), false), in.get(0));
        assertThat(derivatives(least, vector(4, 1, 1)).get(0)).containsExactly(0, 0.5, 0.5);
    }

    @Test
    @Rule("5.5")
    void kinksOfActivations() {
        assertThat(derivative((scope, x) -> x.relu(), vector(-1, -0.0, 0, 1))).containsExactly(0, 0, 0, 1);
        assertThat(derivative((scope, x) -> x.clip(-1, 2), vector(-1.5, -1, 0, 2, 2.5)))
                .containsExactly(0, 1, 1, 1, 0);
    }

    @Test
    @Rule("5.6")
    void powersAtZero() {
        Function power = (g, in) -> g.apply(Binary.POW, in.get(0), in.get(1));
        List<double[]> derivatives = derivatives(power, vector(0, 0, 0, 3, -2), vector(2, 1, 0, 0, 2));

        assertThat(derivatives.get(0)).containsExactly(0, 1, 0, 0, -4);
        assertThat(derivatives.get(1)).startsWith(0, 0, 0, StrictMath.log(3));
    }

    @Test
    @Rule("5.7")
    void whatIsNotChosenIsLeftAlone() {
        Function guarded = (g, in) -> {
            Node x = in.get(0);
            Node positive = g.apply(Comparison.LESS, g.scalar(0, x), x);
            Node safe = g.select(positive, x, g.scalar(1, x));
            return g.select(positive, g.apply(Unary.LOG, safe), g.scalar(0, x));
        };
        assertThat(derivatives(guarded, vector(-1, 0, 2)).get(0)).containsExactly(0, 0, 0.5);
    }

    @Test
    @Rule("5.8")
    void productsWithZeros() {
        Function product = (g, in) -> g.apply(new Reduction(Reducer.PROD, List.of(1), false), in.get(0));
        HostArray x = HostArray.of(Shape.of(3, 3), 2.0, 0, 3, 0, 5, 0, 2, 3, 4);

        assertThat(derivatives(product, x).get(0)).containsExactly(0, 6, 0, 0, 0, 0, 12, 8, 6);
    }
}
