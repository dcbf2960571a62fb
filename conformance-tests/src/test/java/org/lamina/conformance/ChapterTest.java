package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.Generator;
import org.lamina.Gradients;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.layer.Initializer;
import org.lamina.layer.Layer;
import org.lamina.layer.MultiLayer;
import org.lamina.layer.Tensor;
import org.lamina.layers.AffineTransform;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Dense;
import org.lamina.layers.HalfFourier;
import org.lamina.layers.MyDense;
import org.lamina.layers.MyLinear;
import org.lamina.layers.Relu;
import org.lamina.layers.Sequential;
import org.lamina.layers.TensorReduction;

/** Section 6.5 of the book and what it depends on, step by step, on every backend on the class path. */
@ParameterizedClass
@MethodSource("org.lamina.Backend#available")
class ChapterTest {
    private final Backend backend;

    ChapterTest(String backend) {
        this.backend = Backend.load(backend);
    }

    @AfterEach
    void close() {
        backend.close();
    }

    private Model model(Layer layer, Shape input) {
        return backend.model(layer, DType.FLOAT64).initialize(input, 1);
    }

    private static HostArray array(Shape shape, double... values) {
        return HostArray.of(shape, values);
    }

    private static HostArray uniform(Shape shape) {
        return HostArray.uniform(shape, 7).cast(DType.FLOAT64);
    }

    @Test
    void centersByTheMeanOfAllElements() {
        Model centered = model(new CenteredLayer(), Shape.of(5));
        assertThat(centered.predict(array(Shape.of(5), 1, 2, 3, 4, 5))).isEqualTo(array(Shape.of(5), -2, -1, 0, 1, 2));
        assertThat(centered.predict(array(Shape.of(2, 2), 1, 2, 3, 6))).isEqualTo(array(Shape.of(2, 2), -2, -1, 0, 3));
        assertThat(centered.predict(array(Shape.scalar(), 3))).isEqualTo(array(Shape.scalar(), 0));
        assertThat(centered.predict(array(Shape.of(2), Double.NaN, 1)).toDoubles())
                .containsOnly(Double.NaN);
        assertThat(centered.predict(array(Shape.of(2), Double.POSITIVE_INFINITY, 1))
                        .toDoubles())
                .containsExactly(Double.NaN, Double.NEGATIVE_INFINITY);
    }

    @Test
    void incorporatesTheLayerIntoANetwork() {
        Model net = model(Sequential.of(new Dense(128), new CenteredLayer()), Shape.of(4, 8));
        HostArray y = net.predict(uniform(Shape.of(4, 8)));
        assertThat(y.shape()).isEqualTo(Shape.of(4, 128));
        // 512 values of magnitude about 1: at most 512 roundings of 2^-53 in the mean, and as many in the sum here.
        assertThat(Arrays.stream(y.toDoubles()).average().orElseThrow()).isCloseTo(0, within(2 * 512 * 0x1p-53));
    }

    @Test
    void computesTheLayerWithParameters() {
        Model linear = model(new MyLinear(5, 3), Shape.of(2, 5));
        HostArray weight = linear.parameter("weight");
        HostArray bias = linear.parameter("bias");
        HostArray x = uniform(Shape.of(2, 5));
        HostArray y = linear.predict(x);
        for (int row = 0; row < 2; row++) {
            for (int unit = 0; unit < 3; unit++) {
                double sum = bias.get(unit);
                for (int i = 0; i < 5; i++) {
                    sum += x.get(row, i) * weight.get(i, unit);
                }
                // Six terms of magnitude below 4.
                assertThat(y.get(row, unit)).isCloseTo(Math.max(0, sum), within(6 * 6 * 4 * 0x1p-53));
            }
        }
    }

    @Test
    @Rule("10.1")
    void stacksLayersWithParameters() {
        Model net = model(Sequential.of(new MyLinear(64, 8), new MyLinear(8, 1)), Shape.of(2, 64));
        assertThat(net.predict(uniform(Shape.of(2, 64))).shape()).isEqualTo(Shape.of(2, 1));
        assertThat(net.parameters().keySet()).containsExactly("0.weight", "0.bias", "1.weight", "1.bias");
    }

    @Test
    void reducesATensor() {
        Model reduction = model(new TensorReduction(1), Shape.of(2));
        reduction.setParameter("weight", array(Shape.of(2, 2, 1), 1, 2, 3, 4));
        assertThat(reduction.predict(array(Shape.of(2, 2), 1, 0, 1, 2))).isEqualTo(array(Shape.of(2, 1), 1, 27));
        assertThat(reduction.predict(array(Shape.of(2), 1, 2))).isEqualTo(array(Shape.of(1), 27));
    }

    @Test
    void givesHalfOfTheFourierCoefficients() {
        Model fourier = model(new HalfFourier(), Shape.of(4));
        assertThat(fourier.predict(array(Shape.of(4), 1, 0, 0, 0)).toDoubles())
                .containsExactly(new double[] {1, 0, 1, 0, 1, 0}, within(0.0));
        assertThat(fourier.predict(array(Shape.of(4), 1, 1, 1, 1)).toDoubles())
                .containsExactly(new double[] {4, 0, 0, 0, 0, 0}, within(0.0));
        assertThat(fourier.predict(array(Shape.of(4), 0, 1, 0, 0)).toDoubles())
                .containsExactly(new double[] {1, 0, 0, -1, -1, 0}, within(0.0));
        assertThat(fourier.predict(uniform(Shape.of(3, 7))).shape()).isEqualTo(Shape.of(3, 4, 2));
        assertThat(fourier.predict(array(Shape.of(1, 1), 5)).toDoubles())
                .containsExactly(new double[] {5, 0}, within(0.0));
    }

    @Test
    void learnsAShift() {
        Model affine = model(new AffineTransform(), Shape.of(2, 2));
        affine.setParameter("bias", array(Shape.of(2), 10, 20));
        assertThat(affine.predict(array(Shape.of(2, 2), 1, 2, 3, 6))).isEqualTo(array(Shape.of(2, 2), 8, 19, 10, 23));
    }

    @Test
    void runsModulesSideBySide() {
        Layer parallel = (scope, x) -> Tensor.concat(
                1,
                scope.call("left", new Dense(2), x),
                scope.call("right", Sequential.of(new Dense(3), new Relu()), x));
        Model net = model(parallel, Shape.of(2, 4));
        assertThat(net.predict(uniform(Shape.of(2, 4))).shape()).isEqualTo(Shape.of(2, 5));
        assertThat(net.parameters().keySet())
                .containsExactly("left.weight", "left.bias", "right.0.weight", "right.0.bias");
    }

    @Test
    @Rule({"10.2", "10.5"})
    void keepsConstantsAndSharesALayer() {
        Dense shared = new Dense(20);
        Layer fixedHidden = (scope, x) -> {
            Tensor fixed = scope.constant("fixed", Shape.of(20, 20), Initializer.uniform(0, 1));
            Tensor hidden = scope.call("linear", shared, x).matmul(fixed).add(1).relu();
            return scope.call("again", shared, hidden).sum();
        };
        Model net = model(fixedHidden, Shape.of(2, 20));
        assertThat(net.predict(uniform(Shape.of(2, 20))).shape()).isEqualTo(Shape.scalar());
        assertThat(net.parameters().keySet()).containsExactlyInAnyOrder("linear.weight", "linear.bias", "fixed");
        assertThat(net.isTrained("fixed")).isFalse();
        assertThat(net.isTrained("again.bias")).isTrue();
        assertThat(net.freeze("linear").isTrained("again.bias")).isFalse();
        assertThat(net.unfreeze("linear.bias").isTrained("again.bias")).isTrue();
        net.setParameter("again.weight", net.parameter("linear.weight").with(100, 0, 0));
        assertThat(net.parameter("linear.weight").get(0, 0)).isEqualTo(100);
    }

    @Test
    void addsTheGradientsOfTiedParameters() {
        Dense dense = new Dense(1);
        Model tied = model(Sequential.of(dense, dense), Shape.of(1, 1));
        tied.setParameters(Map.of("0.weight", array(Shape.of(1, 1), 3), "0.bias", array(Shape.of(1), 0)));
        Gradients gradients = tied.gradients(array(Shape.of(1, 1), 2));
        // y = w w x, so dy/dw = 2 w x.
        assertThat(gradients.parameters()).containsEntry("0.weight", array(Shape.of(1, 1), 12));
        assertThat(gradients.inputs()).containsExactly(array(Shape.of(1, 1), 9));
    }

    @Test
    void drawsByInitializers() {
        Initializer book = (type, generator) -> HostArray.generate(type, i -> {
            double w = -10 + 20 * generator.uniform(i);
            return Math.abs(w) >= 5 ? w : 0;
        });
        Model net = model(Sequential.of(new Dense(50), new Dense(40)), Shape.of(2, 60));
        net.reinitialize("0.weight", book, 3).reinitialize("1", Initializer.constant(42), 0);
        double[] values = net.parameter("0.weight").toDoubles();
        assertThat(Arrays.stream(values)).allMatch(w -> w == 0 || (Math.abs(w) >= 5 && Math.abs(w) <= 10));
        // Of 3000 draws half are 0; 100 is 3.6 deviations, and the seed is fixed.
        assertThat(Arrays.stream(values).filter(w -> w == 0).count()).isBetween(1400L, 1600L);
        assertThat(net.parameter("1.weight").toDoubles()).containsOnly(42);
        assertThat(net.parameter("1.bias").toDoubles()).containsOnly(42);
    }

    @Test
    @Rule("6.6")
    void drawsTheSameBitsForTheSameSeed() {
        Model first = model(new MyLinear(5, 3), Shape.of(2, 5));
        HostArray weight = first.parameter("weight");
        assertThat(model(new MyLinear(5, 3), Shape.of(9, 5)).parameter("weight"))
                .isEqualTo(weight);
        assertThat(weight.get(0, 0)).isEqualTo(Generator.of(1).split("weight").normal(0));
        assertThat(first.initialize(Shape.of(2, 5), 2).parameter("weight")).isNotEqualTo(weight);
    }

    @Test
    @Rule("10.4")
    void initializesLazily() {
        Model lazy = backend.model(Sequential.of(new Dense(256), new Relu(), new Dense(10)), DType.FLOAT64);
        assertThatThrownBy(() -> lazy.parameter("0.weight"))
                .isInstanceOfSatisfying(
                        LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_INITIALIZED));
        assertThat(lazy.dryRun(List.of(new TensorType(DType.FLOAT64, Shape.of(2, 20))))
                        .declarations())
                .hasSize(4);
        assertThat(lazy.initializeWithOutput(uniform(Shape.of(2, 20)), 1).shape())
                .isEqualTo(Shape.of(2, 10));
        assertThatThrownBy(() -> lazy.predict(uniform(Shape.of(2, 21))))
                .hasMessageContaining(
                        "parameter 0.weight would be float64 (21, 256) and in this model it is float64 (20, 256)");
        assertThat(lazy.initialize(Shape.of(2, 21), 1)
                        .predict(uniform(Shape.of(2, 21)))
                        .shape())
                .isEqualTo(Shape.of(2, 10));
    }

    @Test
    void predictsForEveryBatchSize() {
        Model net = model(Sequential.of(new MyDense(8), new Dense(3)), Shape.of(Shape.BATCH, 5));
        HostArray rows = uniform(Shape.of(7, 5));
        double[] all = net.predict(rows).toDoubles();
        for (int size : new int[] {1, 2, 7}) {
            HostArray part = HostArray.generate(rows.type().with(Shape.of(size, 5)), rows::doubleAt);
            double[] got = net.predict(part).toDoubles();
            // A row's sums may be added in another order: two products of at most 8 terms of magnitude below 32.
            assertThat(got).containsExactly(Arrays.copyOf(all, 3 * size), within(2 * 8 * 8 * 32 * 0x1p-53));
        }
        assertThat(net.predict(uniform(Shape.of(0, 5))).shape()).isEqualTo(Shape.of(0, 3));
    }

    @Test
    void copiesAModelWithEqualOutputs() {
        Model net = model(Sequential.of(new MyDense(16), new CenteredLayer(), new Dense(3)), Shape.of(4, 8));
        HostArray x = uniform(Shape.of(4, 8));
        assertThat(net.copyTo(backend).predict(x)).isEqualTo(net.predict(x));
        Model restored = model(net.layer(), Shape.of(1, 8)).setParameters(net.parameters());
        assertThat(restored.predict(x)).isEqualTo(net.predict(x));
    }

    @Test
    @Rule("10.6")
    void listsAllThatIsWrongWithWeights() {
        Model net = model(Sequential.of(new Dense(3), new Dense(2)), Shape.of(4, 8));
        Map<String, HostArray> before = net.parameters();
        Map<String, HostArray> weights = new LinkedHashMap<>(before);
        weights.remove("0.bias");
        weights.put("1.weight", array(Shape.of(2), 1, 2));
        weights.put("2.weight", array(Shape.of(1), 1));
        assertThatThrownBy(() -> net.setParameters(weights))
                .hasMessageContaining("missing 0.bias")
                .hasMessageContaining("1.weight is float64 (3, 2) in the model and float64 (2,) in the weights")
                .hasMessageContaining("unexpected 2.weight");
        assertThat(net.parameters()).isEqualTo(before);
    }

    @Test
    void takesAndGivesSeveralTensors() {
        MultiLayer both = (scope, inputs) ->
                List.of(inputs.get(0).add(inputs.get(1)), inputs.get(0).sum());
        Model net = backend.model(both, DType.FLOAT64)
                .initialize(
                        List.of(new TensorType(DType.FLOAT64, Shape.of(2)), new TensorType(DType.FLOAT64, Shape.of(1))),
                        1);
        List<HostArray> outputs = net.predict(List.of(array(Shape.of(2), 1, 2), array(Shape.of(1), 10)));
        assertThat(outputs).containsExactly(array(Shape.of(2), 11, 12), array(Shape.scalar(), 3));
    }

    @Test
    @Rule("4.18")
    void embedsWordsAndRefusesWordsOutOfRange() {
        Layer embedding = (scope, indices) -> scope.parameter("weight", Shape.of(4, 2), Initializer.normal(0, 1))
                .gather(0, indices);
        Model net = backend.model(embedding, DType.FLOAT64)
                .initialize(List.of(new TensorType(DType.INT64, Shape.of(3))), 1);
        HostArray weight = net.parameter("weight");
        assertThat(net.predict(HostArray.of(Shape.of(1, 2), 3L, 0L)).toDoubles())
                .containsExactly(weight.get(3, 0), weight.get(3, 1), weight.get(0, 0), weight.get(0, 1));
        assertThatThrownBy(() -> net.predict(HostArray.of(Shape.of(1), 4L)))
                .isInstanceOfSatisfying(
                        LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RANGE));
        assertThat(net.gradients(HostArray.of(Shape.of(3), 1L, 1L, 3L)).parameters())
                .containsEntry("weight", array(Shape.of(4, 2), 0, 0, 2, 2, 0, 0, 1, 1));
    }

    @Test
    void decidesByValuesWithSelect() {
        Layer halveWhileLarge = (scope, x) -> {
            Tensor value = x;
            for (int i = 0; i < 8; i++) {
                value = value.abs().sum().greater(1).select(value.mul(0.5), value);
            }
            return value;
        };
        Model net = model(halveWhileLarge, Shape.of(2));
        assertThat(net.predict(array(Shape.of(2), 3, 4))).isEqualTo(array(Shape.of(2), 0.375, 0.5));
    }

    @Test
    @Rule("10.10")
    void refusesUseAfterClose() {
        Model net = model(new Dense(2), Shape.of(1, 2));
        net.close();
        net.close();
        assertThatThrownBy(() -> net.predict(uniform(Shape.of(1, 2))))
                .isInstanceOfSatisfying(
                        LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
    }
}
