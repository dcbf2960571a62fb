package org.lamina.conformance.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.conformance.Rule;
import org.lamina.graph.ArgMax;
import org.lamina.graph.Cast;
import org.lamina.graph.Comparison;
import org.lamina.graph.Graph;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.MatMul;
import org.lamina.graph.Node;
import org.lamina.graph.Unary;

class SpreadTest {
    private final GraphBuilder graph = new GraphBuilder();

    private Spread spread(Node output, List<Node> inputs, HostArray... values) {
        return Spread.of(Graph.of(inputs, List.of(output)), List.of(values), 1, Map.of(), node -> {})
                .get(0);
    }

    private Spread ofOne(Node input, Node output, HostArray value) {
        return spread(output, List.of(input), value);
    }

    private static HostArray values(DType dtype, double... values) {
        return HostArray.of(Shape.of(values.length), values).cast(dtype);
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64"})
    @Rule("12.1")
    void deviationsOfOneOpAreAQuarterOfItsLocalError(DType dtype) {
        HostArray ones = HostArray.full(new org.lamina.TensorType(dtype, Shape.of(100_000)), 1.1);
        Node x = graph.input("x", ones.type());
        double unit = dtype == DType.FLOAT32 ? 0x1p-24 : 0x1p-53;
        double units = 16;

        Spread exp = ofOne(x, graph.apply(Unary.EXP, x), ones);
        double squares = IntStream.range(0, 100_000)
                .mapToDouble(i -> Math.pow(exp.deviation(i), 2))
                .average()
                .orElseThrow();

        assertThat(Math.sqrt(squares) / (units * unit * Math.exp(ones.doubleAt(0)) / 4))
                .isBetween(0.8, 1.2);
    }

    @Test
    @Rule("12.1")
    void theSamplesAreTheSameOnAnyNumberOfCores() throws ExecutionException, InterruptedException {
        HostArray left = HostArray.normal(Shape.of(64, 128), 1);
        HostArray right = HostArray.normal(Shape.of(128, 96), 2);
        Node x = graph.input("x", left.type());
        Node y = graph.input("y", right.type());
        Node product = graph.apply(Unary.TANH, graph.apply(new MatMul(), x, y));
        List<double[]> found = new ArrayList<>();
        for (int cores : new int[] {1, 2, 8}) {
            ForkJoinPool pool = new ForkJoinPool(cores);
            Spread spread = pool.submit(() -> spread(product, List.of(x, y), left, right))
                    .get();
            found.add(IntStream.range(0, spread.truth().size())
                    .mapToDouble(spread::deviation)
                    .toArray());
            pool.shutdown();
        }

        assertThat(found.get(1)).isEqualTo(found.get(0));
        assertThat(found.get(2)).isEqualTo(found.get(0));
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64"})
    @Rule("12.4")
    void anOpenDecisionIsFreeAndAClearOneIsNot(DType dtype) {
        HostArray values = values(dtype, 0.1, 3);
        Node x = graph.input("x", values.type());
        Node third = graph.div(graph.mul(x, graph.scalar(3, x)), graph.scalar(3, x));
        Spread less = ofOne(x, graph.apply(Comparison.LESS, third, x), values);
        Spread far = ofOne(x, graph.apply(Comparison.LESS, third, graph.scalar(2, x)), values);

        assertThat(less.deviation(0)).isInfinite();
        assertThat(less.deviation(1)).isZero();
        assertThat(far.deviation(0)).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64"})
    @Rule("12.4")
    void aFlooredValueNearAnIntegerMayBeOneLess(DType dtype) {
        HostArray values = values(dtype, 0.3, 0.31);
        Node x = graph.input("x", values.type());
        Node near = graph.add(graph.mul(x, graph.scalar(10, x)), graph.scalar(0, x));
        Node nearThree = graph.add(near, graph.sub(graph.scalar(3, x), graph.mul(x, graph.scalar(10, x))));
        Spread floor = ofOne(x, graph.apply(Unary.FLOOR, nearThree), values);

        assertThat(floor.truth().doubleAt(0)).isEqualTo(3);
        assertThat(floor.deviation(0)).isBetween(0.3, 0.8);
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64"})
    @Rule("12.4")
    void ofTwoThatMayBeTheGreatestEitherIndexMayCome(DType dtype) {
        HostArray values = values(dtype, 0.1, 0.1, 0.05);
        Node x = graph.input("x", values.type());
        Node weights = graph.constant(values(dtype, 0.7, 0.7, 0.9));
        Spread index = ofOne(x, graph.apply(new ArgMax(0), graph.mul(x, weights)), values);
        Spread exact = ofOne(x, graph.apply(new ArgMax(0), x), values);

        assertThat(index.deviation(0)).isInfinite();
        assertThat(exact.deviation(0)).isZero();
    }

    @Test
    @Rule({"12.2", "12.4"})
    void aCastToFloat32RoundsByDefinition() {
        HostArray values = values(DType.FLOAT64, 0.1, 0.3);
        Node x = graph.input("x", values.type());
        Spread exact = ofOne(x, graph.apply(new Cast(DType.FLOAT32), x), values);

        assertThat(exact.deviation(0)).isZero();
        assertThat(exact.truth().doubleAt(0)).isEqualTo(0.1f);
    }

    @Test
    @Rule("12.2")
    void sumsThatAreExactInEveryOrderMayNotMove() {
        HostArray values = values(DType.FLOAT32, 0.5, 0.25, 1024, -3);
        Node x = graph.input("x", values.type());

        assertThat(ofOne(x, graph.sum(x, List.of(0), false), values).deviation(0))
                .isZero();
    }
}
