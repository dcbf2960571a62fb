package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.conformance.oracle.OracleProvider;
import org.lamina.layer.Layer;
import org.lamina.layers.AvgPool2d;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Conv2d;
import org.lamina.layers.Dense;
import org.lamina.layers.Gelu;
import org.lamina.layers.HalfFourier;
import org.lamina.layers.LayerNorm;
import org.lamina.layers.MaxPool2d;
import org.lamina.layers.MyLinear;
import org.lamina.layers.Relu;
import org.lamina.layers.Sequential;
import org.lamina.layers.Softmax;
import org.lamina.layers.TensorReduction;

/** Which layers grow with a power of their inputs, and that those that say so and do not are found. */
class HomogeneityTest {
    private static final List<Long> TWO = List.of(2L, 2L);
    private static final Shape ROWS = Shape.of(4, 6);
    private static final Shape IMAGES = Shape.of(2, 3, 5, 6);

    private static Arguments layer(int degree, Shape shape, Layer layer) {
        return Arguments.of(degree, shape, layer);
    }

    static Stream<Arguments> layers() {
        return Stream.of(
                layer(1, ROWS, new CenteredLayer()),
                layer(1, ROWS, new Relu()),
                layer(1, ROWS, new Dense(3)),
                layer(1, ROWS, new HalfFourier()),
                layer(1, ROWS, Sequential.of(new Dense(3, new Relu()), new CenteredLayer())),
                layer(1, IMAGES, new Conv2d(3, TWO)),
                layer(1, IMAGES, new MaxPool2d(TWO)),
                layer(1, IMAGES, new AvgPool2d(TWO)),
                layer(1, ROWS, (scope, x) -> x.less(x.mean()).select(x, x.mul(2))),
                layer(1, ROWS, (scope, x) -> x.square().div(x.abs().sum())),
                layer(2, ROWS, new TensorReduction(2)),
                layer(3, ROWS, (scope, x) -> x.mul(x).mul(x)));
    }

    private static OptionalInt degree(Layer layer, Shape shape) {
        LayerCase subject =
                LayerConformance.of(() -> layer).on(HostArray.normal(shape, 1)).subject();
        LayerGraph graph = new LayerGraph(subject, DType.FLOAT32);
        return Homogeneity.of(graph.outputs(), 1, graph.operands());
    }

    @ParameterizedTest
    @MethodSource("layers")
    @Rule("7.13")
    void growsWithAPowerOfItsInputs(int degree, Shape shape, Layer layer) {
        assertThat(degree(layer, shape)).hasValue(degree);
        try (Backend oracle = Backend.load(OracleProvider.NAME)) {
            assertThat(LayerConformance.of(() -> layer)
                            .on(HostArray.normal(shape, 1))
                            .results(List.of(oracle)))
                    .filteredOn(result -> result.check() == LayerCheck.SCALING)
                    .hasSize(2)
                    .allMatch(LayerResult::passed);
        }
    }

    static Stream<Layer> others() {
        return Stream.of(
                new Softmax(),
                new Gelu(),
                new LayerNorm(1e-3),
                new MyLinear(6, 3),
                (scope, x) -> x.add(1),
                (scope, x) -> x.pow(2),
                (scope, x) -> x.less(0.5).select(x, x.neg()),
                (scope, x) -> x.mul(0).add(1),
                (scope, x) -> x.div(x),
                (scope, x) -> x.reciprocal());
    }

    @ParameterizedTest
    @MethodSource("others")
    void othersDoNot(Layer layer) {
        assertThat(degree(layer, ROWS)).isEmpty();
    }

    /** It is off by less than any tolerance allows, and in no power of two. */
    @Test
    @Rule("7.13")
    void whatDoesNotScaleToTheLastBitIsFound() {
        MutantEngine wrong = new MutantEngine(
                new OracleProvider().open(),
                y -> y.dtype() == DType.FLOAT32 ? HostArray.generate(y.type(), i -> y.doubleAt(i) + 1e-7) : y);
        try (Backend backend = Backend.of(wrong)) {
            assertThat(LayerConformance.of(new Dense(3), ROWS).results(List.of(backend)))
                    .filteredOn(result -> !result.passed() && result.check() == LayerCheck.SCALING)
                    .extracting(LayerResult::dtype)
                    .containsExactly(DType.FLOAT32);
        }
    }
}
