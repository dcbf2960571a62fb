package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.Gradients;
import org.lamina.HostArray;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.CumSum;
import org.lamina.graph.Graph;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.MatMul;
import org.lamina.graph.Node;
import org.lamina.graph.Reduction;
import org.lamina.graph.ScatterAdd;
import org.lamina.graph.Transpose;
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Dense;
import org.lamina.layers.Embedding;
import org.lamina.spi.Executable;
import org.lamina.spi.NativeArray;
import org.lamina.train.Loss;

/**
 * Sums of many terms on every backend, against sums in twice the digits. Terms that are all the same are the hardest: every
 * rounding goes the same way until the sum has grown.
 */
@Tag("shared")
class LongSumsTest {
    /** In units of u times the sum of the terms' magnitudes. */
    private static final double MOST = 64;

    /** Eigen's own blocks of float64 products, which TensorFlow uses, reach 115 at 400 terms and stay there up to 8,192. */
    private static final double MOST_OF_PRODUCTS = 128;

    private static final List<String> KINDS = List.of("1.1", "0.1", "uniform");
    private static final Transpose SWAP = new Transpose(List.of(1, 0));

    static Stream<Arguments> backends() {
        return Backend.available().stream()
                .filter(backend -> !backend.equals("reference"))
                .flatMap(backend -> Stream.of(DType.FLOAT32, DType.FLOAT64).map(dtype -> Arguments.of(backend, dtype)));
    }

    /** A sum of two parts, whose error is that of the second, and the sum of magnitudes. */
    private record Exact(double high, double low, double magnitude) {
        static Exact of(int count, IntToDoubleFunction x, IntToDoubleFunction y) {
            double high = 0;
            double low = 0;
            double magnitude = 0;
            for (int i = 0; i < count; i++) {
                double product = x.applyAsDouble(i) * y.applyAsDouble(i);
                double sum = high + product;
                double part = sum - high;
                low += (high - (sum - part)) + (product - part);
                low += Math.fma(x.applyAsDouble(i), y.applyAsDouble(i), -product);
                high = sum;
                magnitude += Math.abs(product);
            }
            return new Exact(high, low, magnitude);
        }

        Exact dividedBy(double divisor) {
            double quotient = high / divisor;
            double rest = Math.fma(-quotient, divisor, high) + low;
            return new Exact(quotient, rest / divisor, magnitude / divisor);
        }

        double error(double actual, DType dtype) {
            return Math.abs(actual - high - low) / (roundoff(dtype) * magnitude);
        }
    }

    private static double roundoff(DType dtype) {
        return dtype == DType.FLOAT32 ? 0x1p-24 : 0x1p-53;
    }

    private static HostArray values(String kind, DType dtype, long... sizes) {
        SplittableRandom random = new SplittableRandom(7);
        return HostArray.generate(
                new TensorType(dtype, Shape.of(sizes)),
                i -> kind.equals("uniform") ? random.nextDouble() : Double.parseDouble(kind));
    }

    private static double[] run(Backend backend, Graph graph, HostArray... inputs) {
        List<NativeArray> given = Arrays.stream(inputs)
                .map(input -> backend.engine().upload(input))
                .toList();
        List<NativeArray> outputs = new ArrayList<>();
        try (Executable executable = backend.engine().compile(graph)) {
            outputs.addAll(executable.run(given));
            return outputs.get(0).download().toDoubles();
        } finally {
            outputs.forEach(NativeArray::close);
            given.forEach(NativeArray::close);
        }
    }

    private static void assertNear(String what, DType dtype, double[] actual, int index, Exact expected) {
        assertThat(expected.error(actual[index], dtype)).as(what).isLessThanOrEqualTo(MOST);
    }

    /** Every element of a result is looked at where there are few, else some. */
    private static IntStream some(int size) {
        return IntStream.iterate(0, i -> i < size, i -> i + Math.max(1, size / 5));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("backends")
    @Rule({"3.31", "3.32"})
    void sums(String name, DType dtype) {
        try (Backend backend = Backend.load(name)) {
            for (String kind : KINDS) {
                sums(backend, values(kind, dtype, 1_000_000), 1, 1_000_000, 1);
                sums(backend, values(kind, dtype, 30_011, 5), 1, 30_011, 5);
                sums(backend, values(kind, dtype, 5, 30_011), 5, 30_011, 1);
                sums(backend, values(kind, dtype, 3, 30_011, 2), 3, 30_011, 2);
            }
        }
    }

    private static void sums(Backend backend, HostArray x, int before, int count, int after) {
        double[] terms = x.toDoubles();
        List<Integer> axes = List.of(before == 1 ? 0 : 1);
        double[] sums = run(backend, reduction(Reduction.Reducer.SUM, x.type(), axes), x);
        double[] means = run(backend, reduction(Reduction.Reducer.MEAN, x.type(), axes), x);
        some(sums.length).forEach(i -> {
            int first = i / after * count * after + i % after;
            Exact sum = Exact.of(count, t -> terms[first + t * after], t -> 1);
            assertNear("sum of " + x.type(), x.dtype(), sums, i, sum);
            assertNear("mean of " + x.type(), x.dtype(), means, i, sum.dividedBy(count));
        });
    }

    private static Graph reduction(Reduction.Reducer reducer, TensorType type, List<Integer> axes) {
        GraphBuilder graph = new GraphBuilder();
        Node x = graph.input("x", type);
        return Graph.of(List.of(x), List.of(graph.apply(new Reduction(reducer, axes, false), x)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("backends")
    @Rule("3.31")
    void sumsAlongAxesApart(String name, DType dtype) {
        try (Backend backend = Backend.load(name)) {
            HostArray x = values("1.1", dtype, 5003, 3, 4);
            double[] sums = run(backend, reduction(Reduction.Reducer.SUM, x.type(), List.of(0, 2)), x);
            Exact expected = Exact.of(5003 * 4, t -> x.doubleAt(0), t -> 1);
            some(3).forEach(i -> assertNear("channel " + i, dtype, sums, i, expected));
        }
    }

    private record Aspect(int rows, int terms, int columns, boolean xSwapped, boolean ySwapped) {
        static final List<Aspect> ALL = List.of(
                new Aspect(1, 1_000_000, 1, false, false),
                new Aspect(1, 40_009, 16, false, false),
                new Aspect(1, 40_009, 16, false, true),
                new Aspect(16, 40_009, 1, false, false),
                new Aspect(16, 40_009, 1, true, false),
                new Aspect(4, 40_009, 4, false, true),
                new Aspect(2, 1000, 16, false, false),
                new Aspect(2, 40_009, 2, false, false),
                new Aspect(8, 65_536, 8, false, false),
                new Aspect(64, 40_009, 64, true, false),
                new Aspect(2, 3000, 1, true, false));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("backends")
    @Rule("3.38")
    void products(String name, DType dtype) {
        try (Backend backend = Backend.load(name)) {
            for (Aspect aspect : Aspect.ALL) {
                for (String kind : KINDS) {
                    products(backend, aspect, kind, dtype);
                }
            }
        }
    }

    private static void products(Backend backend, Aspect a, String kind, DType dtype) {
        HostArray x = a.xSwapped ? values(kind, dtype, a.terms, a.rows) : values(kind, dtype, a.rows, a.terms);
        HostArray y = a.ySwapped ? values(kind, dtype, a.columns, a.terms) : values(kind, dtype, a.terms, a.columns);
        GraphBuilder graph = new GraphBuilder();
        Node left = graph.input("x", x.type());
        Node right = graph.input("y", y.type());
        Node product = graph.apply(
                new MatMul(),
                a.xSwapped ? graph.apply(SWAP, left) : left,
                a.ySwapped ? graph.apply(SWAP, right) : right);
        double[] actual = run(backend, Graph.of(List.of(left, right), List.of(product)), x, y);
        some(actual.length).forEach(i -> {
            int row = i / a.columns;
            int column = i % a.columns;
            Exact expected = Exact.of(
                    a.terms,
                    t -> x.doubleAt(a.xSwapped ? t * a.rows + row : row * a.terms + t),
                    t -> y.doubleAt(a.ySwapped ? column * a.terms + t : t * a.columns + column));
            assertThat(expected.error(actual[i], dtype))
                    .as(a + " of " + kind)
                    .isLessThanOrEqualTo(dtype == DType.FLOAT32 ? MOST : MOST_OF_PRODUCTS);
        });
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("backends")
    @Rule("3.47")
    void runningSums(String name, DType dtype) {
        try (Backend backend = Backend.load(name)) {
            HostArray x = values("1.1", dtype, 100_003, 2);
            for (boolean exclusive : List.of(false, true)) {
                for (boolean reverse : List.of(false, true)) {
                    GraphBuilder graph = new GraphBuilder();
                    Node input = graph.input("x", x.type());
                    Node sums = graph.apply(new CumSum(0, exclusive, reverse), input);
                    double[] actual = run(backend, Graph.of(List.of(input), List.of(sums)), x);
                    IntStream.of(0, 1, 127, 128, 5000, 100_002).forEach(row -> {
                        int terms = (reverse ? 100_003 - row : row + 1) - (exclusive ? 1 : 0);
                        Exact expected = Exact.of(terms, t -> x.doubleAt(0), t -> 1);
                        if (terms == 0) {
                            assertThat(actual[row * 2]).isZero();
                        } else {
                            assertNear(row + " of " + exclusive + reverse, dtype, actual, row * 2, expected);
                        }
                    });
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("backends")
    @Rule("3.46")
    void scatteredSums(String name, DType dtype) {
        try (Backend backend = Backend.load(name)) {
            HostArray x = values("1.1", dtype, 60_001, 3);
            HostArray indices =
                    HostArray.generate(new TensorType(DType.INT64, Shape.of(60_001)), i -> i % 4 == 0 ? 1 : 3);
            GraphBuilder graph = new GraphBuilder();
            Node input = graph.input("x", x.type());
            Node at = graph.input("indices", indices.type());
            Node sums = graph.apply(new ScatterAdd(0, 5), input, at);
            double[] actual = run(backend, Graph.of(List.of(input, at), List.of(sums)), x, indices);
            assertNear("index 1", dtype, actual, 3, Exact.of(15_001, t -> x.doubleAt(0), t -> 1));
            assertNear("index 3", dtype, actual, 9, Exact.of(45_000, t -> x.doubleAt(0), t -> 1));
            assertThat(DoubleStream.of(actual[0], actual[6], actual[12]).sum()).isZero();
        }
    }

    /** The batch is open, so how long the sums are is known only in a call; short ones go before and after long ones. */
    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("backends")
    @Rule("5.1")
    void gradientsOverABatch(String name, DType dtype) {
        try (Backend backend = Backend.load(name);
                Model model = backend.model(new Dense(3), dtype)
                        .initialize(List.of(new TensorType(dtype, Shape.of(4, 5))), dense(dtype))) {
            for (int batch : List.of(4, 20_011, 3000, 4)) {
                HostArray x = values("1.1", dtype, batch, 5);
                HostArray cotangent = values("0.1", dtype, batch, 3);
                Gradients gradients = model.gradients(List.of(x), List.of(cotangent));
                double[] bias = parameter(gradients, "bias");
                double[] weight = parameter(gradients, "weight");
                assertNear("bias " + batch, dtype, bias, 2, Exact.of(batch, t -> cotangent.doubleAt(0), t -> 1));
                Exact products = Exact.of(batch, t -> x.doubleAt(0), t -> cotangent.doubleAt(0));
                assertNear("weight " + batch, dtype, weight, 7, products);
            }
        }
    }

    /** A product of many rows may be left to kernels that add up one or two rows naively. */
    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("backends")
    @Rule("3.38")
    void productsOfAFewRows(String name, DType dtype) {
        int terms = 421_934;
        try (Backend backend = Backend.load(name);
                Model model = backend.model(new Gram(), dtype)
                        .initialize(List.of(new TensorType(dtype, Shape.of(16, terms))), Map.of())) {
            for (int batch : List.of(9, 1, 2, 9)) {
                HostArray x = values("1.1", dtype, batch, terms);
                Exact square = Exact.of(terms, x::doubleAt, x::doubleAt);
                assertNear("batch of " + batch, dtype, model.predict(x).toDoubles(), batch - 1, square);
            }
        }
    }

    /** No axis can be added to a tensor of six to divide another. */
    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("backends")
    @Rule({"1.1", "3.38", "3.46", "3.47"})
    void ofSixAxes(String name, DType dtype) {
        try (Backend backend = Backend.load(name)) {
            int terms = 50_000;
            HostArray x = values("1.1", dtype, 1, 1, 1, 1, 2, terms);
            Exact sum = Exact.of(terms, x::doubleAt, t -> 1);
            Exact square = Exact.of(terms, x::doubleAt, x::doubleAt);
            GraphBuilder graph = new GraphBuilder();
            Node input = graph.input("x", x.type());
            Node swapped = graph.apply(new Transpose(List.of(0, 1, 2, 3, 5, 4)), input);
            Node indices = graph.constant(HostArray.full(new TensorType(DType.INT64, Shape.of(terms)), 1));
            List<Node> results = List.of(
                    graph.apply(new CumSum(5, false, false), input),
                    graph.apply(new MatMul(), input, swapped),
                    graph.apply(new ScatterAdd(5, 3), input, indices));
            assertNear("running", dtype, run(backend, one(input, results.get(0)), x), terms - 1, sum);
            assertNear("product", dtype, run(backend, one(input, results.get(1)), x), 1, square);
            assertNear("scattered", dtype, run(backend, one(input, results.get(2)), x), 1, sum);
        }
    }

    private static Graph one(Node input, Node result) {
        return Graph.of(List.of(input), List.of(result));
    }

    private record Gram() implements Layer {
        @Override
        public Tensor forward(Scope scope, Tensor x) {
            return x.matmul(x.transpose(1, 0));
        }
    }

    private static Map<String, HostArray> dense(DType dtype) {
        return Map.of("weight", values("0.1", dtype, 5, 3), "bias", values("0.1", dtype, 3));
    }

    private static double[] parameter(Gradients gradients, String name) {
        return Objects.requireNonNull(gradients.parameters().get(name)).toDoubles();
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("backends")
    @Rule("9.11")
    void gradientOfAnEmbedding(String name, DType dtype) {
        HostArray table = values("0.1", dtype, 6, 2);
        HostArray tokens = HostArray.generate(new TensorType(DType.INT64, Shape.of(50_000)), i -> i % 2);
        try (Backend backend = Backend.load(name);
                Model model = backend.model(new Embedding(6, 2), dtype)
                        .initialize(List.of(tokens.type()), Map.of("weight", table))) {
            HostArray cotangent = values("1.1", dtype, 50_000, 2);
            double[] weight = parameter(model.gradients(List.of(tokens), List.of(cotangent)), "weight");
            assertNear("token 1", dtype, weight, 2, Exact.of(25_000, t -> cotangent.doubleAt(0), t -> 1));
        }
    }

    /** One number of an input, as a layer. */
    private record Statistic(String kind) implements Layer {
        @Override
        public Tensor forward(Scope scope, Tensor x) {
            return switch (kind) {
                case "variance" -> x.variance(0);
                case "norm" -> x.norm2();
                case "mean squared error" -> Loss.meanSquaredError().of(x, x.sub(x));
                default -> Loss.crossEntropy().of(x, x.max(1).mul(0).cast(DType.INT64));
            };
        }
    }

    private static double statistic(Backend backend, String kind, HostArray x) {
        try (Model model = backend.model(new Statistic(kind), x.dtype()).initialize(List.of(x.type()), Map.of())) {
            return model.predict(x).doubleAt(0);
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("backends")
    @Rule({"4.12", "4.13", "8.1"})
    void statistics(String name, DType dtype) {
        try (Backend backend = Backend.load(name)) {
            HostArray x = values("1.1", dtype, 1_000_000);
            double c = x.doubleAt(0);
            double u = roundoff(dtype);
            assertThat(statistic(backend, "variance", x)).isBetween(0.0, Math.pow(64 * u * c, 2));
            assertThat(Math.abs(statistic(backend, "norm", x) - 1000 * c)).isLessThanOrEqualTo(MOST * u * 1000 * c);
            assertThat(Math.abs(statistic(backend, "mean squared error", x) - c * c))
                    .isLessThanOrEqualTo(MOST * u * c * c);
            double loss = statistic(backend, "cross-entropy", values("1.1", dtype, 100_000, 10));
            assertThat(Math.abs(loss - Math.log(10))).isLessThanOrEqualTo(MOST * u * Math.log(10));
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("backends")
    @Rule("3.32")
    void aMillionEqualElementsAreCentered(String name, DType dtype) {
        HostArray x = values("1.1", dtype, 1_000_000);
        try (Backend backend = Backend.load(name);
                Model model = backend.model(new CenteredLayer(), dtype).initialize(List.of(x.type()), Map.of())) {
            double most = Arrays.stream(model.predict(x).toDoubles())
                    .map(Math::abs)
                    .max()
                    .getAsDouble();
            assertThat(most).isLessThanOrEqualTo(64 * roundoff(dtype) * 1.1);
        }
    }
}
