package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.conformance.cases.CompositeFunctions;
import org.lamina.conformance.report.Section;
import org.lamina.layer.Layer;
import org.lamina.layer.Tensor;

/** What is made of primitives: its values on every backend against the oracle, and the oracle's against known numbers. */
class CompositeRulesTest {
    private static final double NAN = Double.NaN;
    private static final double INFINITY = Double.POSITIVE_INFINITY;
    /** In the order of {@link #SPECIAL} the results follow in the tests below. */
    private static final double[] SPECIAL = {NAN, -INFINITY, -100, -1, -0.5, 0, 0.5, 1, 100, INFINITY};

    private static final Backends BACKENDS = new Backends();

    private final Backend oracle = Backend.load("reference");

    @AfterAll
    static void close() {
        BACKENDS.close();
    }

    @TestFactory
    @Rule({
        "4.1", "4.2", "4.3", "4.4", "4.5", "4.6", "4.7", "4.8", "4.9", "4.10", "4.11", "4.12", "4.13", "4.15", "4.16",
        "5.9"
    })
    Stream<DynamicTest> areTheSameOnEveryBackend() {
        PrimitiveConformance conformance = new PrimitiveConformance();
        List<PrimitiveCase> cases = CompositeFunctions.all();
        return BACKENDS.engines().stream().flatMap(engine -> cases.stream()
                .map(composite ->
                        dynamicTest(engine.info().name() + ": " + composite, () -> assertThat(ThisRun.COLLECTOR
                                        .add(Section.COMPOSITES, conformance.result(engine, composite))
                                        .failures())
                                .isEmpty())));
    }

    private double[] of(Layer layer, double... values) {
        return of(layer, HostArray.of(Shape.of(values.length), values)).toDoubles();
    }

    private HostArray of(Layer layer, HostArray x) {
        return oracle.model(layer, DType.FLOAT64)
                .initialize(List.of(x.type()), 1)
                .predict(x);
    }

    private static void refused(ErrorCode code, Runnable call) {
        assertThatThrownBy(call::run).isInstanceOfSatisfying(LaminaException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }

    /** Within a few roundings of numbers as large as the argument. */
    private static void close(double[] got, double... expected) {
        assertThat(got).hasSameSizeAs(expected);
        for (int i = 0; i < got.length; i++) {
            double magnitude = Math.max(1, Math.max(Math.abs(expected[i]), Math.abs(SPECIAL[i % SPECIAL.length])));
            double room = Double.isFinite(expected[i]) ? 4 * Math.ulp(Math.min(magnitude, 100)) : 0;
            boolean equal = Double.compare(got[i], expected[i]) == 0 || Math.abs(got[i] - expected[i]) <= room;
            assertThat(equal)
                    .as("element %d is %s, expected %s", i, got[i], expected[i])
                    .isTrue();
        }
    }

    @Test
    @Rule("4.1")
    void comparisonsWithNaN() {
        assertThat(of((scope, x) -> CompositeFunctions.compared(x, x.mul(0).add(1)), NAN, 0, 1, 2))
                .containsExactly(4, 4, 2, 7);
    }

    @Test
    @Rule("4.2")
    void numbersTakeTheTensorsDtype() {
        assertThat(of((scope, x) -> x.ceil(), -1.5, 1.5, 2)).containsExactly(-1, 2, 2);
        assertThat(of((scope, x) -> x.reciprocal(), 4, INFINITY, 0)).containsExactly(0.25, 0, INFINITY);
        HostArray integers = HostArray.of(Shape.of(2), 1, 2);
        assertThat(of((scope, x) -> x.mul(3), integers)).isEqualTo(HostArray.of(Shape.of(2), 3, 6));
        for (double unfit : new double[] {0.5, 1e10, NAN, INFINITY}) {
            refused(ErrorCode.DTYPE, () -> of((scope, x) -> x.add(unfit), integers));
        }
        refused(ErrorCode.DTYPE, () -> of((scope, x) -> x.add(0x1p63), HostArray.of(Shape.of(1), 1L)));
    }

    @Test
    @Rule({"4.3", "4.4", "4.8"})
    void rectifiers() {
        close(of((scope, x) -> x.relu(), SPECIAL), NAN, 0, 0, 0, 0, 0, 0.5, 1, 100, INFINITY);
        close(
                of((scope, x) -> x.leakyRelu(0.25), SPECIAL),
                new double[] {NAN, -INFINITY, -25, -0.25, -0.125, 0, 0.5, 1, 100, INFINITY});
        double e1 = Math.expm1(-1);
        double e2 = Math.expm1(-0.5);
        close(of((scope, x) -> x.elu(2), SPECIAL), NAN, -2, -2, 2 * e1, 2 * e2, 0, 0.5, 1, 100, INFINITY);
        close(of((scope, x) -> x.clip(-1, 0.75), SPECIAL), NAN, -1, -1, -1, -0.5, 0, 0.5, 0.75, 0.75, 0.75);
        refused(ErrorCode.RANGE, () -> of((scope, x) -> x.clip(1, 0), SPECIAL));
        refused(ErrorCode.RANGE, () -> of((scope, x) -> x.clip(NAN, 0), SPECIAL));
    }

    @Test
    @Rule({"4.4", "4.5"})
    void derivativesAtZero() {
        assertThat(of((scope, x) -> x.leakyRelu(0.25).gradient(x), 0)).containsExactly(0.25);
        assertThat(of((scope, x) -> x.elu(1.5).gradient(x), 0)).containsExactly(1.5);
        assertThat(of((scope, x) -> x.softplus().gradient(x), 0, INFINITY, -INFINITY))
                .containsExactly(0.5, 1, 0);
    }

    /** erf, the exponential and logarithms by the C library, through Python. */
    @Test
    @Rule({"4.5", "4.6", "4.7"})
    void smoothActivations() {
        close(of((scope, x) -> x.softplus(), SPECIAL), new double[] {
            NAN,
            0,
            3.720075976020836e-44,
            0.31326168751822286,
            0.4740769841801067,
            Math.log(2),
            0.9740769841801067,
            1.3132616875182228,
            100,
            INFINITY
        });
        double s1 = 0.7310585786300049;
        double s2 = 0.6224593312018546;
        close(
                of((scope, x) -> x.silu(), SPECIAL),
                new double[] {NAN, NAN, -3.720075976020836e-42, s1 - 1, (s2 - 1) / 2, 0, s2 / 2, s1, 100, INFINITY});
        double g1 = (1 + 0.682689492137086) / 2;
        double g2 = (1 + 0.38292492254802624) / 2;
        close(of((scope, x) -> x.gelu(), SPECIAL), NAN, NAN, 0, g1 - 1, (g2 - 1) / 2, 0, g2 / 2, g1, 100, INFINITY);
        double t1 = (1 + Math.tanh(Math.sqrt(2 / Math.PI) * 1.044715)) / 2;
        double t2 = (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (0.5 + 0.044715 / 8))) / 2;
        close(of((scope, x) -> x.geluTanh(), SPECIAL), NAN, NAN, 0, t1 - 1, (t2 - 1) / 2, 0, t2 / 2, t1, 100, INFINITY);
        double q1 = 1 / (1 + Math.exp(-1.702));
        double q2 = 1 / (1 + Math.exp(-0.851));
        close(
                of((scope, x) -> x.geluSigmoid(), SPECIAL),
                new double[] {NAN, NAN, 0, q1 - 1, (q2 - 1) / 2, 0, q2 / 2, q1, 100, INFINITY});
    }

    @Test
    @Rule({"4.9", "4.10", "4.11"})
    void normalizers() {
        Layer softmax = (scope, x) -> x.softmax(-1);
        close(of(softmax, 1000, 1000), 0.5, 0.5);
        assertThat(of(softmax, -INFINITY, 3)).containsExactly(0, 1);
        assertThat(of(softmax, INFINITY, 3)).containsOnly(NAN);
        assertThat(of(softmax, -INFINITY, -INFINITY)).containsOnly(NAN);
        close(of((scope, x) -> x.logSoftmax(0), 0, -1000), 0, -1000);
        Layer logSumExp = (scope, x) -> x.logSumExp(false);
        close(of(logSumExp, 1000, 1000), 1000 + Math.log(2));
        assertThat(of(logSumExp, INFINITY, 3)).containsExactly(INFINITY);
        assertThat(of(logSumExp, -INFINITY, -INFINITY)).containsExactly(-INFINITY);
        assertThat(of(logSumExp, NAN, INFINITY)).containsExactly(NAN);
        for (Layer layer : List.of(softmax, logSumExp)) {
            refused(ErrorCode.EMPTY, () -> of(layer, HostArray.of(Shape.of(3, 0), new double[0])));
        }
    }

    @Test
    @Rule({"4.12", "4.13"})
    void statistics() {
        assertThat(of((scope, x) -> x.variance(0), 1, 2, 3, 6)).containsExactly(3.5);
        assertThat(of((scope, x) -> x.variance(2), 1, 2, 3, 6)).containsExactly(7);
        assertThat(of((scope, x) -> x.variance(1), 5)).containsExactly(NAN);
        refused(ErrorCode.RANGE, () -> of((scope, x) -> x.variance(-1), 1, 2));
        assertThat(of((scope, x) -> x.norm1(), 3, -4)).containsExactly(7);
        assertThat(of((scope, x) -> x.norm2(), 3, -4)).containsExactly(5);
        assertThat(of((scope, x) -> x.norm2())).containsExactly(0);
        assertThat(of((scope, x) -> x.norm2().gradient(x), 0, 0)).containsOnly(NAN);
    }

    @Test
    @Rule("4.14")
    void oneHot() {
        Layer layer = (scope, x) -> x.oneHot(3, DType.FLOAT64);
        assertThat(of(layer, HostArray.of(Shape.of(3), 2L, -1L, 3L)).toDoubles())
                .containsExactly(0, 0, 1, 0, 0, 0, 0, 0, 0);
        refused(ErrorCode.DTYPE, () -> of(layer, 1, 2));
    }

    @Test
    @Rule({"4.15", "4.16"})
    void products() {
        HostArray matrix = HostArray.of(Shape.of(2, 2), 1.0, 2, 3, 4);
        assertThat(of((scope, x) -> x.matmul(x), 3, 4)).containsExactly(25);
        assertThat(of((scope, x) -> x.get(0, 1).matmul(x), matrix).toDoubles()).containsExactly(15, 22);
        refused(ErrorCode.SHAPE, () -> of((scope, x) -> x.matmul(x.sum()), matrix));
        assertThat(of((scope, x) -> Tensor.einsum("ii->i", x), matrix).toDoubles())
                .containsExactly(1, 4);
        assertThat(of((scope, x) -> Tensor.einsum("ba", x), matrix).toDoubles()).containsExactly(1, 3, 2, 4);
        assertThat(of((scope, x) -> Tensor.einsum("ij,jk->ik", x, x), matrix).toDoubles())
                .containsExactly(7, 10, 15, 22);
        for (String wrong : List.of("ijk->i", "ij->k", "ij->ii", "i j->", "i1->i", "ij,jk->ik")) {
            assertThatThrownBy(() -> of((scope, x) -> Tensor.einsum(wrong, x.sum(0, 1)), matrix))
                    .isInstanceOf(LaminaException.class);
        }
    }

    @Test
    @Rule("4.17")
    void rearranging() {
        double[] values = {0, 1, 2, 3, 4, -0.0};
        List<double[]> slices = new ArrayList<>();
        slices.add(of((scope, x) -> x.slice(0, 1, 100, 2), values));
        slices.add(of((scope, x) -> x.slice(0, -2, -100, -2), values));
        slices.add(of((scope, x) -> x.slice(0, 4, 2), values));
        assertThat(slices.get(0)).containsExactly(1, 3, -0.0);
        assertThat(slices.get(1)).containsExactly(4, 2, 0);
        assertThat(slices.get(2)).isEmpty();
        assertThat(of((scope, x) -> x.slice(0, 1, 100, Long.MAX_VALUE), values)).containsExactly(1);
        assertThat(of((scope, x) -> x.slice(0, 4, -100, Long.MIN_VALUE), values))
                .containsExactly(4);
        assertThat(of((scope, x) -> x.reverse(0), values)).containsExactly(-0.0, 4, 3, 2, 1, 0);
        assertThat(of((scope, x) -> x.get(0, -1), values)).containsExactly(-0.0);
        assertThat(of((scope, x) -> Tensor.stack(1, x.split(0, 2, 4).get(0), x.slice(0, 4, 6)), values))
                .containsExactly(0, 4, 1, -0.0);
        HostArray matrix = HostArray.of(Shape.of(1, 2, 3), values);
        assertThat(of((scope, x) -> x.swapAxes(0, -1), matrix).shape()).isEqualTo(Shape.of(3, 2, 1));
        assertThat(of((scope, x) -> x.expandDims(-1).squeeze(0).flatten(0), matrix))
                .isEqualTo(HostArray.of(Shape.of(6), values));
        refused(ErrorCode.RANGE, () -> of((scope, x) -> x.slice(0, 0, 1, 0), values));
        refused(ErrorCode.RANGE, () -> of((scope, x) -> x.get(0, 6), values));
        refused(ErrorCode.SHAPE, () -> of((scope, x) -> x.split(0, 2, 2).get(0), values));
        refused(ErrorCode.SHAPE, () -> of((scope, x) -> x.squeeze(0), values));
    }

    @Test
    @Rule("4.18")
    void computedIndicesAreClamped() {
        assertThat(of((scope, x) -> x.gather(0, x.mul(2).cast(DType.INT64)), -5, 1, 7))
                .containsExactly(-5, 7, 7);
    }
}
