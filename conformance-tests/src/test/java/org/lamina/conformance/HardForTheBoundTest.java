package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;
import org.lamina.layers.Conv1d;
import org.lamina.layers.Dense;
import org.lamina.layers.MultiHeadAttention;
import org.lamina.layers.Permute;
import org.lamina.layers.Sequential;
import org.lamina.layers.Softmax;

/** Layers that made false alarms when somebody looked for some. */
@Tag("shared")
class HardForTheBoundTest {
    private static final int STEPS = 400;
    private static final List<Backend> BACKENDS = new ArrayList<>();

    @BeforeAll
    static void load() {
        BACKENDS.addAll(FrameworkBackends.load());
    }

    @AfterAll
    static void close() {
        BACKENDS.forEach(Backend::close);
    }

    @TestFactory
    @Rule({"7.1", "7.2", "12.1", "12.4"})
    Stream<DynamicTest> noFalseAlarm() {
        HostArray wide = HostArray.generate(
                HostArray.normal(Shape.of(1, 300, 16), 1).type(), i -> i % 5 == 2 ? 1e12 : 1 + i % 7);
        HostArray angles = HostArray.generate(HostArray.normal(Shape.of(64), 1).type(), i -> 1e5 * Math.sin(i + 1.0));
        return Stream.of(
                        on("a chain of additions", HardForTheBoundTest::chain, Shape.of(8)),
                        on("a cast out of range", (scope, x) -> x.mul(10).cast(DType.INT32), Shape.of(64)),
                        on("distances of points to each other", HardForTheBoundTest::distances, Shape.of(6, 3)),
                        on("a norm that is 0 but for rounding", HardForTheBoundTest::normalized, Shape.of(4, 100)),
                        on("logarithms of 1 - sigmoid", HardForTheBoundTest::crossEntropy, Shape.of(4, 50)),
                        on(
                                "tiny factors",
                                (scope, x) -> x.mul(1e-20).mul(1e-19).mul(1e19).mul(1e20),
                                Shape.of(64)),
                        on(
                                "rows of one element",
                                (scope, x) -> x.sum(-1).add(x.mean(0).sum()),
                                Shape.of(1, 1)),
                        on("a chaotic map", HardForTheBoundTest::chaotic, Shape.of(9, 10)),
                        LayerConformance.of("a product of equal factors", () -> (Layer) (scope, x) -> x.prod(1))
                                .on(HostArray.full(new TensorType(DType.FLOAT64, Shape.of(2, 20_000)), 1.000001)),
                        on(
                                "a convolution whose result is turned",
                                Sequential.of(new Conv1d(6, 3), Permute.of(0, 2, 1), new Softmax()),
                                Shape.of(4, 5, 8)),
                        LayerConformance.of("an input that is no batch", () -> new Dense(3))
                                .on(Shape.of(7)),
                        LayerConformance.of("attention that saturates", () -> new MultiHeadAttention(2, 16))
                                .on(wide),
                        LayerConformance.of("cosines of large angles", () -> (Layer) (scope, x) -> x.cos())
                                .on(angles),
                        LayerConformance.of("one row of a long table", () -> (Layer) HardForTheBoundTest::oneRow)
                                .on(Shape.of(5000))
                                .kinds(InputKind.CONSTANT))
                .map(layer -> dynamicTest(layer.name(), () -> assertThat(layer.results(BACKENDS))
                        .filteredOn(result -> !result.passed())
                        .isEmpty()));
    }

    private static LayerConformance on(String name, Layer layer, Shape shape) {
        return LayerConformance.of(name, () -> layer).on(shape);
    }

    /** Its slope changes within 2^-14 by more than it is. */
    private static Tensor chaotic(Scope scope, Tensor x) {
        Tensor y = x.sigmoid();
        for (int i = 0; i < 30; i++) {
            y = y.mul(3.9).mul(y.neg().add(1));
        }
        return y;
    }

    private static Tensor chain(Scope scope, Tensor x) {
        Tensor sum = x;
        for (int i = 0; i < STEPS; i++) {
            sum = sum.add(x);
        }
        return sum;
    }

    private static Tensor distances(Scope scope, Tensor x) {
        Tensor squares = x.square().sum(-1).expandDims(-1);
        Tensor squared = squares.add(squares.swapAxes(0, 1))
                .sub(x.matmul(x.swapAxes(0, 1)).mul(2));
        return squared.maximum(0).sqrt();
    }

    /** On equal numbers x - mean is 0 in truth, and its norm's derivative NaN. */
    private static Tensor normalized(Scope scope, Tensor x) {
        Tensor centered = x.sub(x.mean(true, -1));
        return centered.div(centered.square().sum(true, -1).sqrt().add(1e-12));
    }

    /** In float32 sigmoid(20) is exactly 1. */
    private static Tensor crossEntropy(Scope scope, Tensor x) {
        Tensor s = x.mul(20).sigmoid();
        return s.log().add(s.neg().add(1).log());
    }

    /** As many terms as the table has rows, all of which hit the first. */
    private static Tensor oneRow(Scope scope, Tensor x) {
        HostArray first = HostArray.full(new TensorType(DType.INT64, Shape.of(5000)), 0);
        return x.gather(0, scope.constant(first));
    }
}
