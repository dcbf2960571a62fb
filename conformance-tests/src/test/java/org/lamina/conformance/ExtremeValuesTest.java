package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.layer.Layer;
import org.lamina.layer.MultiLayer;
import org.lamina.layer.Tensor;
import org.lamina.layers.LayerNorm;

/**
 * Numbers at the edges of a dtype, on every backend, against numbers that were not computed here: by mpmath 1.3 with 400 bits, or by
 * hand from IEEE 754.
 */
class ExtremeValuesTest {
    private static final Percentage SINGLE = Percentage.withPercentage(16 * 0x1p-24 * 100);
    private static final Map<String, Backend> BACKENDS = new TreeMap<>();

    @BeforeAll
    static void load() {
        Backend.available().forEach(name -> BACKENDS.put(name, Backend.load(name)));
    }

    @AfterAll
    static void close() {
        BACKENDS.values().forEach(Backend::close);
    }

    /** By name: JUnit closes an argument that can be closed. */
    static Set<String> backends() {
        return BACKENDS.keySet();
    }

    private static Model model(String backend, Layer layer, DType dtype) {
        return Objects.requireNonNull(BACKENDS.get(backend)).model(layer, dtype);
    }

    private static HostArray floats(double... values) {
        return HostArray.of(Shape.of(values.length), values).cast(DType.FLOAT32);
    }

    private static List<HostArray> run(String backend, DType dtype, MultiLayer layer, HostArray... inputs) {
        try (Model model = model(backend, layer, dtype)) {
            model.initialize(Arrays.stream(inputs).map(HostArray::type).toList(), 1);
            return model.predict(List.of(inputs));
        }
    }

    private static double[] of(String backend, Layer layer, HostArray x) {
        try (Model model = model(backend, layer, DType.FLOAT32)) {
            model.initialize(List.of(x.type()), 1);
            return model.predict(x).toDoubles();
        }
    }

    /** Zeros of both signs in one graph; of a zero that a maximum is, either is right only if both operands are zeros. */
    @ParameterizedTest
    @MethodSource("backends")
    @Rule({"1.9", "3.1", "3.20", "3.23"})
    void zerosKeepTheirSigns(String backend) {
        List<HostArray> got = run(
                backend,
                DType.FLOAT32,
                (scope, in) -> {
                    Tensor x = in.get(0);
                    return List.of(x.mul(0.0), x.mul(-0.0), x.maximum(-0.0), x.minimum(0.0), x.leakyRelu(-0.0));
                },
                floats(2, -2));
        assertThat(got.get(0).toDoubles()).containsExactly(0.0, -0.0);
        assertThat(got.get(1).toDoubles()).containsExactly(-0.0, 0.0);
        assertThat(got.get(2).toDoubles()).containsExactly(2, -0.0);
        assertThat(got.get(3).toDoubles()).containsExactly(0.0, -2);
        assertThat(got.get(4).toDoubles()).containsExactly(2, 0.0);
    }

    @ParameterizedTest
    @MethodSource("backends")
    @Rule("3.44")
    void zerosOfAPadKeepTheirSigns(String backend) {
        List<HostArray> got = run(
                backend,
                DType.FLOAT32,
                (scope, in) -> {
                    Tensor x = in.get(0);
                    return List.of(
                            x.pad(0, 1, 0, -0.0),
                            x.pad(0, 1, 0, 0.0),
                            x.slice(0, 0, 0).pad(0, 1, 0, -0.0));
                },
                floats(0, -0.0));
        assertThat(got.get(0).toDoubles()).containsExactly(-0.0, 0.0, -0.0);
        assertThat(got.get(1).toDoubles()).containsExactly(0.0, 0.0, -0.0);
        assertThat(got.get(2).toDoubles()).containsExactly(-0.0);
    }

    /** x (1 + erf(x / sqrt(2))) / 2 of a large x is x. */
    @ParameterizedTest
    @MethodSource("backends")
    @Rule("4.7")
    void geluOfWhatTwiceWouldOverflow(String backend) {
        assertThat(of(backend, (scope, x) -> x.gelu(), floats(3e38, -3e38, 1)))
                .satisfies(
                        y -> assertThat(y[0]).isEqualTo((float) 3e38),
                        y -> assertThat(y[1]).isZero(),
                        y -> assertThat(y[2]).isCloseTo(0.8413447460685429, SINGLE));
    }

    /** (4 - 16/3) / sqrt(14/9) 3e38 is -3.2071349e38, and four thirds of 3e38 overflow. */
    @ParameterizedTest
    @MethodSource("backends")
    @Rule("3.49")
    void aLayerNormOverflowsOnlyWhereItsResultDoes(String backend) {
        HostArray x = HostArray.of(Shape.of(2, 3), 4f, 5f, 7f, 3.4e38f, 2f, 3f);
        double[] y = run(
                        backend,
                        DType.FLOAT32,
                        (scope, in) -> {
                            Tensor centered = in.get(0).sub(in.get(0).mean(true, -1));
                            Tensor variance = centered.square().mean(true, -1);
                            return List.of(centered.div(variance.add(1e-5).sqrt())
                                    .mul(in.get(1))
                                    .add(in.get(2)));
                        },
                        x,
                        floats(3e38, 2, 1),
                        floats(0, 0, 0.5))
                .get(0)
                .toDoubles();
        assertThat(y[0]).isCloseTo(-3.2071245e38, Percentage.withPercentage(1e-3));
        // The variance of the second row is infinite, and what is finite by it 0.
        assertThat(Arrays.copyOfRange(y, 3, 6)).containsExactly(0, 0, 0.5);
    }

    @ParameterizedTest
    @MethodSource("backends")
    @Rule("3.49")
    void anEpsilonThatIsNoNumberGivesNoNumbers(String backend) {
        double[] y = of(
                backend,
                (scope, x) -> {
                    Tensor centered = x.sub(x.mean(true, -1));
                    Tensor row = scope.constant(floats(1, 1, 1));
                    return centered.div(centered.square()
                                    .mean(true, -1)
                                    .add(Double.NaN)
                                    .sqrt())
                            .mul(row)
                            .add(row);
                },
                HostArray.of(Shape.of(1, 3), 1f, 2f, 4f));
        assertThat(y).containsOnly(Double.NaN);
    }

    /** The sigmoid of -87 is a normal number still; the least is 1.1754944e-38. */
    @ParameterizedTest
    @MethodSource("backends")
    @Rule({"3.15", "4.6"})
    void theSigmoidIsAccurateToTheLeastNormalNumber(String backend) {
        double[] truth = {1.6458114310822737e-38, 4.4737793061811207e-38, 1.8048513878454153e-35, 8.75651076269652e-27};
        HostArray x = floats(-87, -86, -80, -60);
        double[] sigmoid = of(backend, (scope, in) -> in.sigmoid(), x);
        double[] silu = of(backend, (scope, in) -> in.silu(), x);
        for (int i = 0; i < truth.length; i++) {
            assertThat(sigmoid[i]).isCloseTo(truth[i], Percentage.withPercentage(16 * 0x1p-24 * 100));
            assertThat(silu[i]).isCloseTo(x.doubleAt(i) * truth[i], Percentage.withPercentage(19 * 0x1p-24 * 100));
        }
    }

    /** Where the logarithm of x is multiplied by a large y, its error is too. */
    @ParameterizedTest
    @MethodSource("backends")
    @Rule("3.22")
    void powersOfFloat64(String backend) {
        double[][] powers = {
            {1.0392635164755235, -17782.55, 3.756048338561089e-298},
            {1.0000001, 1000000000.0, 2.6881038582144647e+43},
            {0.5000001, 1000.0, 9.334502898746691e-302},
            {1.5, 100.0, 4.0656117753521523e+17},
            {1.0001, 10000.0, 2.7181459268249255},
            {-1.0001, 10001.0, -2.718417741417608},
            {3.7, -500.5, 4.1213272864629615e-285},
            {1e-300, 1.01, 9.99999999999994e-304},
            {1e+300, -1.02, 9.999999999999877e-307},
            {2.0, 0.5, 1.4142135623730951},
            {0.1, 3.0, 0.0010000000000000002},
            {0.9999999999999999, 1e+18, 6.076124616751106e-49},
            {1.0000000000000002, -3e+18, 5.032224803488667e-290},
            {10.0, 308.0, 1e+308},
            {10.0, -307.0, 1e-307},
            {7.3, 1.0, 7.3},
            {0.9999, 3.5, 0.9996500437478125},
            {1.0039, 179000.0, 3.9021823062724175e+302},
            {0.7071067811865475, -2040.0, 1.1235582092891505e+307},
            {1.414213562373095, 2040.5, 1.3361434166058909e+307}
        };
        double[] x = Arrays.stream(powers).mapToDouble(p -> p[0]).toArray();
        double[] y = Arrays.stream(powers).mapToDouble(p -> p[1]).toArray();
        double[] got = run(
                        backend,
                        DType.FLOAT64,
                        (scope, in) -> List.of(in.get(0).pow(in.get(1))),
                        HostArray.of(Shape.of(x.length), x),
                        HostArray.of(Shape.of(y.length), y))
                .get(0)
                .toDoubles();
        for (int i = 0; i < got.length; i++) {
            assertThat(Math.abs(got[i] - powers[i][2]))
                    .as("%s to the power %s is %s", x[i], y[i], got[i])
                    .isLessThanOrEqualTo(16 * 0x1p-53 * Math.abs(powers[i][2]));
        }
    }

    /** IEEE 754's pow, section 9.2.1. */
    @ParameterizedTest
    @MethodSource("backends")
    @Rule("3.22")
    void specialPowersOfFloat64(String backend) {
        double inf = Double.POSITIVE_INFINITY;
        double[][] powers = {
            {Double.NaN, 0, 1},
            {1, Double.NaN, 1},
            {Double.NaN, 1, Double.NaN},
            {2, Double.NaN, Double.NaN},
            {-8, 1 / 3.0, Double.NaN},
            {0, -1, inf},
            {-0.0, -1, -inf},
            {-0.0, 3, -0.0},
            {-0.0, 2, 0.0},
            {0, 0.5, 0},
            {inf, -1, 0},
            {-inf, 3, -inf},
            {-inf, -3, -0.0},
            {-inf, 2, inf},
            {2, inf, inf},
            {2, -inf, 0},
            {0.5, inf, 0},
            {0.5, -inf, inf},
            {-1, inf, 1},
            {2, 1e300, inf},
            {2, -1e300, 0},
            {-2, 1025, -inf},
            {-1, 1e300, 1},
            {-3, 3, -27}
        };
        double[] got = run(
                        backend,
                        DType.FLOAT64,
                        (scope, in) -> List.of(in.get(0).pow(in.get(1))),
                        HostArray.of(
                                Shape.of(powers.length),
                                Arrays.stream(powers).mapToDouble(p -> p[0]).toArray()),
                        HostArray.of(
                                Shape.of(powers.length),
                                Arrays.stream(powers).mapToDouble(p -> p[1]).toArray()))
                .get(0)
                .toDoubles();
        assertThat(got)
                .containsExactly(Arrays.stream(powers).mapToDouble(p -> p[2]).toArray());
    }

    /** Rank 11 in between and in the result: 2^11 products, of which the elements of the first and last index are known. */
    @ParameterizedTest
    @MethodSource("backends")
    @Rule("4.16")
    void productsOfManyAxes(String backend) {
        HostArray x = HostArray.generate(new TensorType(DType.FLOAT32, Shape.of(2, 2, 2, 2, 2, 2)), i -> i + 1);
        List<HostArray> got = run(
                backend,
                DType.FLOAT32,
                (scope, in) -> List.of(
                        Tensor.einsum("abcdef,fghijk->abcdefghijk", in.get(0), in.get(0)),
                        Tensor.einsum("abcdef,fedcba->", in.get(0), in.get(0)),
                        Tensor.einsum("abcdef,abcdef->fedcba", in.get(0), in.get(0))),
                x);
        double[] outer = got.get(0).toDoubles();
        // x[0] x[0], x[1] x[32], x[63] x[63]
        assertThat(new double[] {outer[0], outer[32], outer[2047]}).containsExactly(1, 2 * 33, 64 * 64);
        // The sum of (i + 1) (r(i) + 1), r(i) being i with its six bits turned round.
        assertThat(got.get(1).toDoubles()).containsExactly(70672);
        assertThat(got.get(2).toDoubles()[1]).isEqualTo(33 * 33);
    }

    /** TensorFlow slices 8 axes. */
    @ParameterizedTest
    @MethodSource("backends")
    @Rule({"1.1", "10.12"})
    void tooManyAxesAreNamed(String backend) {
        Layer layer = (scope, x) -> x.reshape(1, 1, 1, 1, 1, 1, 1, 2, 2).slice(8, 1, 2);
        if (!backend.equals("tf")) {
            assertThat(of(backend, layer, floats(1, 2, 3, 4))).containsExactly(2, 4);
            return;
        }
        assertThatThrownBy(() -> of(backend, layer, floats(1, 2, 3, 4)))
                .isInstanceOfSatisfying(
                        LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BACKEND_FAILURE))
                .hasMessageContaining("has 9 axes, and every backend takes 6")
                .hasMessageContaining("Reshape it to fewer axes. In lambda.");
    }

    /** ND4J copies views of 15 axes. */
    @ParameterizedTest
    @MethodSource("backends")
    @Rule({"1.1", "10.12"})
    void moreAxesThanLoopsHaveAreRefused(String backend) {
        long[] sizes = new long[16];
        Arrays.fill(sizes, 1);
        sizes[0] = 2;
        sizes[15] = 2;
        Layer layer = (scope, x) -> x.reshape(sizes).transpose().reshape(4);
        if (!backend.equals("dl4j")) {
            assertThat(of(backend, layer, floats(1, 2, 3, 4))).containsExactly(1, 3, 2, 4);
            return;
        }
        assertThatThrownBy(() -> of(backend, layer, floats(1, 2, 3, 4)))
                .isInstanceOfSatisfying(
                        LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BACKEND_FAILURE))
                .hasMessageContaining("has 16 axes, and every backend takes 6");
    }

    @ParameterizedTest
    @MethodSource("backends")
    @Rule({"1.11", "10.13"})
    void moreElementsThanFrameworksCountAreRefused(String backend) {
        try (Model model =
                model(backend, (Layer) (scope, x) -> x.matmul(x.transpose()).sum(), DType.FLOAT32)) {
            model.initialize(Shape.of(Shape.BATCH, 1), 1);
            HostArray many = HostArray.full(new TensorType(DType.FLOAT32, Shape.of(46_341, 1)), 1);
            assertThatThrownBy(() -> model.predict(many))
                    .isInstanceOfSatisfying(
                            LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SHAPE))
                    .hasMessageContaining("shape (46341, 46341) has more than 2^31 - 1 elements");
            assertThat(model.predict(HostArray.of(Shape.of(2, 1), 1f, 2f)).doubleAt(0))
                    .isEqualTo(9);
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    @Rule("4.2")
    void anEpsilonBeyondFloat32IsRefusedAndFloat64TakesIt(String backend) {
        assertThatThrownBy(() -> of(backend, new LayerNorm(1e39), HostArray.of(Shape.of(1, 3), 1f, 2f, 3f)))
                .isInstanceOfSatisfying(
                        LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DTYPE))
                .hasMessageContaining("LayerNorm");
        try (Model model = model(backend, new LayerNorm(1e39), DType.FLOAT64)) {
            HostArray x = HostArray.of(Shape.of(1, 3), 1.0, 2.0, 3.0);
            model.initialize(List.of(x.type()), 1);
            assertThat(model.predict(x).doubleAt(2)).isCloseTo(3.162277660168379e-20, Percentage.withPercentage(1e-10));
        }
    }
}
