package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.ArgMax;
import org.lamina.graph.Graph;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.Node;
import org.lamina.graph.Unary;

class ToleranceTest {
    private static Expected expected(BiFunction<GraphBuilder, Node, Node> body, HostArray x) {
        GraphBuilder builder = new GraphBuilder();
        Node input = builder.input("x", x.type());
        Graph graph = Graph.of(List.of(input), List.of(body.apply(builder, input)));
        return Tolerance.derive(graph, List.of(x), 1).get(0);
    }

    private static boolean passes(Expected expected, HostArray got) {
        return Measurement.of(expected, got).mismatch().isEmpty();
    }

    private static HostArray floats(float... values) {
        return HostArray.of(Shape.of(values.length), values);
    }

    @Test
    @Rule("12.1")
    void aFunctionMayBeOffByAboutTenUnits() {
        Expected exp = expected((g, x) -> g.apply(Unary.EXP, x), floats(1));
        float e = (float) Math.E;

        assertThat(exp.bound(0) / Math.ulp(e)).isBetween(6.0, 14.0);
        assertThat(passes(exp, floats(e + 4 * Math.ulp(e)))).isTrue();
        assertThat(passes(exp, floats(e + 15 * Math.ulp(e)))).isFalse();
    }

    @Test
    @Rule("12.1")
    void theBoundGrowsWithWhatCancels() {
        HostArray x = HostArray.normal(Shape.of(1000), 1);
        Expected sum = expected((g, node) -> g.sum(node, List.of(0), false), x);
        Expected large = expected((g, node) -> g.sum(g.add(node, g.scalar(1e6, node)), List.of(0), false), x);

        assertThat(sum.bound(0)).isBetween(1e-6, 1e-3);
        assertThat(large.bound(0)).isGreaterThan(1e4 * sum.bound(0));
    }

    @Test
    @Rule("12.2")
    void whatDoesNotRoundHasNoTolerance() {
        Expected maximum = expected((g, x) -> g.reshape(g.apply(Unary.ABS, x), Shape.of(1, 2)), floats(-0.1f, 3));

        assertThat(maximum.bound(0)).isZero();
        assertThat(passes(maximum, floats(0.1f, 3).reshape(Shape.of(1, 2)))).isTrue();
        assertThat(passes(maximum, floats(Math.nextUp(0.1f), 3).reshape(Shape.of(1, 2))))
                .isFalse();
    }

    @Test
    @Rule({"12.2", "12.3"})
    void bitForBitTellsZerosApart() {
        GraphBuilder builder = new GraphBuilder();
        Node x = builder.input("x", new TensorType(DType.FLOAT32, Shape.of(1)));
        Graph graph = Graph.of(List.of(x), List.of(builder.neg(x)));
        Expected negative = Tolerance.none(graph, List.of(floats(0))).get(0);

        assertThat(passes(negative, floats(-0f))).isTrue();
        assertThat(passes(negative, floats(0))).isFalse();
    }

    @Test
    @Rule("12.3")
    void shapesDtypesNaNAndInfinitiesAreExact() {
        Expected exp = expected((g, x) -> g.apply(Unary.EXP, x), floats(Float.NaN, 1000, 1));

        assertThat(passes(exp, floats(Float.NaN, Float.POSITIVE_INFINITY, (float) Math.E)))
                .isTrue();
        assertThat(passes(exp, floats(0, Float.POSITIVE_INFINITY, (float) Math.E)))
                .isFalse();
        assertThat(passes(exp, floats(Float.NaN, Float.MAX_VALUE, (float) Math.E)))
                .isFalse();
        assertThat(passes(exp, floats(Float.NaN, Float.NEGATIVE_INFINITY, (float) Math.E)))
                .isFalse();
        assertThat(passes(exp, floats(Float.NaN, Float.POSITIVE_INFINITY, Float.NaN)))
                .isFalse();
        assertThat(passes(exp, floats(Float.NaN, Float.POSITIVE_INFINITY))).isFalse();
        assertThat(passes(exp, HostArray.of(Shape.of(3), Double.NaN, Double.POSITIVE_INFINITY, Math.E)))
                .isFalse();
    }

    @Test
    @Rule("12.4")
    void whatRoundingDecidesIsFree() {
        HostArray x = HostArray.of(Shape.of(3), 0.1f, 0.1f, 5f);
        Expected index =
                expected((g, node) -> g.apply(new ArgMax(0), g.mul(g.constant(floats(0.7f, 0.7f, 0.01f)), node)), x);
        Expected clear = expected((g, node) -> g.apply(new ArgMax(0), g.mul(node, node)), x);

        assertThat(passes(index, HostArray.of(Shape.scalar(), 1L))).isTrue();
        assertThat(passes(clear, HostArray.of(Shape.scalar(), 2L))).isTrue();
        assertThat(passes(clear, HostArray.of(Shape.scalar(), 1L))).isFalse();
    }

    @Test
    @Rule("2.6")
    void subnormalNumbersMayBeFlushed() {
        Expected tiny = expected((g, x) -> g.mul(x, g.scalar(1.1e-20, x)), floats(1e-20f));
        Expected small = expected((g, x) -> g.mul(x, g.scalar(1.1e-17, x)), floats(1e-17f));

        assertThat(passes(tiny, floats(0))).isTrue();
        assertThat(passes(small, floats(0))).isFalse();
    }

    @Test
    @Rule("2.7")
    void anyNaNWillDo() {
        Expected root = expected((g, x) -> g.apply(Unary.SQRT, x), floats(-1));

        assertThat(passes(root, floats(Float.intBitsToFloat(0xffc12345)))).isTrue();
    }

    @Test
    @Rule("2.8")
    void aSumMayOverflowInBetween() {
        Expected sum = expected((g, x) -> g.sum(x, List.of(0), true), floats(3e38f, 3e38f, -3e38f));

        assertThat(passes(sum, floats(3e38f))).isTrue();
        assertThat(passes(sum, floats(Float.POSITIVE_INFINITY))).isTrue();
    }
}
