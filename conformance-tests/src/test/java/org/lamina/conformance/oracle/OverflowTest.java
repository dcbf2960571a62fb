package org.lamina.conformance.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.conformance.Rule;
import org.lamina.graph.CumSum;
import org.lamina.graph.Graph;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.MatMul;
import org.lamina.graph.Node;
import org.lamina.graph.Op;
import org.lamina.graph.Reduction;
import org.lamina.graph.Reduction.Reducer;

/** Sums and products that overflow in one order of operations and not in another. */
@Rule({"2.8", "12.1"})
class OverflowTest {
    private static final double INFINITY = Double.POSITIVE_INFINITY;

    /** 0.6 of the greatest number. */
    private static double great(DType dtype) {
        return 0.6 * (dtype == DType.FLOAT32 ? Float.MAX_VALUE : Double.MAX_VALUE);
    }

    private static double small(DType dtype) {
        return dtype == DType.FLOAT32 ? 1e-30 : 1e-300;
    }

    private static double deviation(DType dtype, Op op, double... terms) {
        GraphBuilder graph = new GraphBuilder();
        HostArray value = HostArray.of(Shape.of(terms.length), terms).cast(dtype);
        Node x = graph.input("x", value.type());
        return ofLast(Graph.of(List.of(x), List.of(graph.apply(op, x))), value);
    }

    private static double ofLast(Graph graph, HostArray... values) {
        Spread spread =
                Spread.of(graph, List.of(values), 1, Map.of(), node -> {}).get(0);
        return spread.deviation(spread.truth().size() - 1);
    }

    private static double ofSum(DType dtype, double... terms) {
        double sum = deviation(dtype, new Reduction(Reducer.SUM, List.of(0), false), terms);
        assertThat(deviation(dtype, new Reduction(Reducer.MEAN, List.of(0), false), terms))
                .isEqualTo(sum);
        assertThat(deviation(dtype, new CumSum(0, false, false), terms)).isEqualTo(sum);
        assertThat(ofProductWithOnes(dtype, terms)).isEqualTo(sum);
        return sum;
    }

    private static double ofProductWithOnes(DType dtype, double... terms) {
        HostArray row = HostArray.of(Shape.of(1, terms.length), terms).cast(dtype);
        HostArray ones = HostArray.full(row.type().with(Shape.of(terms.length, 1)), -1);
        GraphBuilder graph = new GraphBuilder();
        Node x = graph.input("x", row.type());
        Node y = graph.input("y", ones.type());
        return ofLast(Graph.of(List.of(x, y), List.of(graph.apply(new MatMul(), x, y))), row, ones);
    }

    private static double ofProduct(DType dtype, double... factors) {
        return deviation(dtype, new Reduction(Reducer.PROD, List.of(0), false), factors);
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64"})
    void partialSumsMayMeetAnInfinity(DType dtype) {
        double great = great(dtype);

        assertThat(ofSum(dtype, -great, -great, INFINITY)).isInfinite();
        assertThat(ofSum(dtype, great, great, -INFINITY)).isInfinite();
        assertThat(ofSum(dtype, great, great, great, great, -great, -great)).isInfinite();
        assertThat(ofSum(dtype, great, great, -great)).isInfinite();
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64"})
    void everyOrderGivesTheSameInfinity(DType dtype) {
        double great = great(dtype);

        assertThat(ofSum(dtype, great, great, 1)).isZero();
        assertThat(ofSum(dtype, great, great, great, -great)).isZero();
        assertThat(ofSum(dtype, -great, INFINITY, 1)).isZero();
        assertThat(ofSum(dtype, great, great, INFINITY)).isZero();
        assertThat(ofSum(dtype, -great, -great, INFINITY, -INFINITY)).isZero();
        assertThat(ofSum(dtype, great, great, Double.NaN)).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64"})
    void factorsMayVanishBeforeAnInfinityComes(DType dtype) {
        double great = great(dtype);
        double small = small(dtype);

        assertThat(ofProduct(dtype, INFINITY, small, small)).isInfinite();
        assertThat(ofProduct(dtype, great, great, great, small, small)).isInfinite();
        assertThat(ofProduct(dtype, INFINITY, small)).isZero();
        assertThat(ofProduct(dtype, great, great)).isZero();
        assertThat(ofProduct(dtype, INFINITY, 0, small, small)).isZero();
        assertThat(ofProduct(dtype, Double.NaN, small, small)).isZero();
    }

    /** The sums of both signs overflow, so that the truth as computed is NaN, and a run's any. */
    @Test
    void aTruthThatIsNaNByOverflowAloneIsOpen() {
        assertThat(ofSum(DType.FLOAT64, 1.5e308, 1.5e308, -1.5e308, -1.5e308, -1.5e308, 1.5e308))
                .isInfinite();
    }

    @Test
    void sumsOfPowersOfTwoOverflowToo() {
        double[] terms = DoubleStream.of(1, 1, -1).map(sign -> sign * 0x1p127).toArray();

        assertThat(ofSum(DType.FLOAT32, terms)).isInfinite();
    }
}
