package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.Gradients;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.layer.CustomDerivative;
import org.lamina.layer.Initializer;
import org.lamina.layer.Layer;
import org.lamina.layer.MultiLayer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;
import org.lamina.layers.Dense;
import org.lamina.layers.Sequential;
import org.lamina.train.Loss;
import org.lamina.train.Optimizer;
import org.lamina.train.Trainer;

/** Derivatives as users meet them: of a model, and as tensors inside a layer, on every backend on the class path. */
@ParameterizedClass
@MethodSource("org.lamina.Backend#available")
class GradientsTest {
    private final Backend backend;

    GradientsTest(String backend) {
        this.backend = Backend.load(backend);
    }

    @AfterEach
    void close() {
        backend.close();
    }

    private Model model(Layer layer, TensorType... inputs) {
        return backend.model(layer, DType.FLOAT64).initialize(List.of(inputs), 1);
    }

    private static HostArray vector(double... values) {
        return HostArray.of(Shape.of(values.length), values);
    }

    private double[] apply(Layer layer, double... x) {
        return model(layer, vector(x).type()).predict(vector(x)).toDoubles();
    }

    /** Rounds forwards and lets the derivative pass as if it did not: the straight-through estimator. */
    private record Rounding() implements Layer, CustomDerivative {
        @Override
        public Tensor forward(Scope scope, Tensor x) {
            return x.add(0.5).floor();
        }

        @Override
        public List<Tensor> pullback(List<Tensor> arguments, Tensor output, Tensor cotangent) {
            return List.of(cotangent);
        }
    }

    /** w x, whose derivatives are given, each ten times too great so that they can be told apart. */
    private record Scaling() implements Layer, CustomDerivative {
        @Override
        public Tensor forward(Scope scope, Tensor x) {
            return x.mul(scope.parameter("w", Shape.scalar(), Initializer.constant(3)));
        }

        @Override
        public List<Tensor> pullback(List<Tensor> arguments, Tensor output, Tensor cotangent) {
            Tensor x = arguments.get(0);
            Tensor w = arguments.get(1);
            return List.of(cotangent.mul(w).mul(10), cotangent.mul(x).sum().mul(10));
        }
    }

    /** Gives a derivative of another shape than its input. */
    private record Mistaken() implements Layer, CustomDerivative {
        @Override
        public Tensor forward(Scope scope, Tensor x) {
            return x.mul(2);
        }

        @Override
        public List<Tensor> pullback(List<Tensor> arguments, Tensor output, Tensor cotangent) {
            return List.of(cotangent.sum());
        }
    }

    @Test
    @Rule("5.11")
    void usesTheDerivativeAnAuthorGives() {
        assertThat(apply(
                        (scope, x) ->
                                scope.call("r", new Rounding(), x).square().gradient(x),
                        1.2,
                        -0.7,
                        2.5))
                .containsExactly(2, -2, 6);
        // The model itself may be such a layer.
        Gradients own = model(new Scaling(), vector(1, 2).type()).gradients(vector(1, 2));
        assertThat(own.inputs()).containsExactly(vector(30, 30));
        assertThat(own.parameters()).containsEntry("w", HostArray.of(Shape.scalar(), 30.0));
        // Twice the same object: 3 (3 x), so 10 * 3 * 10 * 3 by x, and by w the sum of both uses.
        Layer scaling = new Scaling();
        Gradients shared =
                model(Sequential.of(scaling, scaling), vector(1, 2).type()).gradients(vector(1, 2));
        assertThat(shared.inputs()).containsExactly(vector(900, 900));
        assertThat(shared.parameters()).containsEntry("0.w", HostArray.of(Shape.scalar(), 90.0 + 900.0));
        try (Trainer trainer = Trainer.of(
                model(new Scaling(), vector(1, 2).type()),
                (y, t) -> y.sub(t).sum(),
                Optimizer.parse("sgd:lr=0.5"),
                1)) {
            assertThat(trainer.step(vector(1, 2), vector(0, 0))).isEqualTo(9);
            // w = 3 - 0.5 * 30, so the sum is -12 * 3.
            assertThat(trainer.step(vector(1, 2), vector(0, 0))).isEqualTo(-36);
        }
        assertRefused(
                () -> model(new Mistaken(), vector(1).type()).gradients(vector(1)),
                ErrorCode.SHAPE,
                "derivative of Mistaken");
    }

    @Test
    @Rule("5.12")
    void takesHigherDerivatives() {
        Layer cube = (scope, x) -> x.mul(x).mul(x);
        Layer first = (scope, x) -> cube.forward(scope, x).gradient(x);
        Layer second = (scope, x) -> first.forward(scope, x).gradient(x);
        Layer third = (scope, x) -> second.forward(scope, x).gradient(x);
        assertThat(apply(first, 1, -2, 0.5)).containsExactly(3, 12, 0.75);
        assertThat(apply(second, 1, -2, 0.5)).containsExactly(6, -12, 3);
        assertThat(apply(third, 1, -2, 0.5)).containsExactly(6, 6, 6);
        assertThat(model(third, vector(1, 2).type()).gradients(vector(1, 2)).inputs())
                .containsExactly(vector(0, 0));
    }

    /** The book's functions: their second derivatives in closed form. */
    @Test
    @Rule("5.12")
    void takesSecondDerivativesOfActivations() {
        double[] x = {-1.5, -0.3, 0.2, 2};
        for (int i = 0; i < x.length; i++) {
            double sigmoid = 1 / (1 + Math.exp(-x[i]));
            double tanh = Math.tanh(x[i]);
            assertClose(second(Tensor::sigmoid, x)[i], sigmoid * (1 - sigmoid) * (1 - 2 * sigmoid));
            assertClose(second(Tensor::softplus, x)[i], sigmoid * (1 - sigmoid));
            assertClose(second(Tensor::tanh, x)[i], -2 * tanh * (1 - tanh * tanh));
            double density = Math.exp(-x[i] * x[i] / 2) / Math.sqrt(2 * Math.PI);
            assertClose(second(Tensor::gelu, x)[i], density * (2 - x[i] * x[i]));
            assertClose(second(t -> t.relu().square(), x)[i], x[i] > 0 ? 2 : 0);
            assertClose(second(t -> t.exp().log1p(), x)[i], sigmoid * (1 - sigmoid));
        }
    }

    private double[] second(java.util.function.UnaryOperator<Tensor> function, double... x) {
        return apply((scope, t) -> function.apply(t).gradient(t).gradient(t), x);
    }

    private void assertClose(double actual, double expected) {
        assertThat(actual).as(backend.info().name()).isCloseTo(expected, within(1e-14));
    }

    @Test
    @Rule("5.12")
    void multipliesByTheHessianOfANetwork() {
        // f = sum of (x A) squared, so its Hessian by x is 2 A A^T.
        Layer product = (scope, x) -> {
            Tensor energy = scope.call("a", new Dense(2), x).square().sum();
            Tensor direction = scope.constant(vector(1, -1, 2)).reshape(1, 3);
            return energy.gradient(x).pullback(direction, x).get(0);
        };
        Model model = model(product, new TensorType(DType.FLOAT64, Shape.of(1, 3)));
        HostArray a = HostArray.of(Shape.of(3, 2), 1.0, 2, 3, 4, 5, 6);
        model.setParameter("a.weight", a);
        // A^T v = (1 - 3 + 10, 2 - 4 + 12) = (8, 10); 2 A (8, 10) = 2 (28, 64, 100).
        assertThat(model.predict(HostArray.of(Shape.of(1, 3), 7.0, 8, 9)).toDoubles())
                .containsExactly(56, 128, 200);
    }

    @Test
    @Rule("5.12")
    void trainsOnAGradient() {
        // The loss is the mean of (d(w x^2)/dx)^2 = 4 w^2 x^2, so its derivative by w is 8 w x^2 with x = 1, w = 2.
        Layer penalized = (scope, x) -> x.square()
                .mul(scope.parameter("w", Shape.scalar(), Initializer.constant(2)))
                .gradient(x);
        Model model = model(penalized, vector(1).type());
        try (Trainer trainer = Trainer.of(model, Loss.meanSquaredError(), Optimizer.parse("sgd:lr=0.0625"), 1)) {
            assertThat(trainer.step(vector(1), vector(0))).isEqualTo(16);
            assertThat(model.parameter("w").get()).isEqualTo(2 - 0.0625 * 16);
        }
    }

    @Test
    @Rule("5.2")
    void pullsBackAnyOutputByAnyInputOrParameter() {
        Layer two = (MultiLayer) (scope, inputs) -> {
            Tensor w = scope.parameter("w", Shape.of(2), Initializer.constant(2));
            Tensor sum = inputs.get(0).add(inputs.get(1)).mul(w);
            return List.of(sum, inputs.get(0).mul(inputs.get(1)));
        };
        Model model = model(two, vector(1, 1).type(), vector(1, 1).type());
        Gradients gradients =
                model.gradients(List.of(vector(3, 4), vector(5, 6)), List.of(vector(1, 10), vector(100, 1000)));
        assertThat(gradients.outputs()).containsExactly(vector(16, 20), vector(15, 24));
        assertThat(gradients.inputs()).containsExactly(vector(2 + 500, 20 + 6000), vector(2 + 300, 20 + 4000));
        assertThat(gradients.parameters()).containsEntry("w", vector(8, 100));
    }

    @Test
    @Rule("5.10")
    void saysThatIntegersHaveNone() {
        Layer embedding = (scope, indices) ->
                scope.parameter("table", Shape.of(3, 2), Initializer.ones()).gather(0, indices);
        TensorType ids = new TensorType(DType.INT64, Shape.of(4));
        HostArray x = HostArray.of(Shape.of(4), 2L, 0, 2, 2);
        Gradients gradients = model(embedding, ids).gradients(x);
        assertThat(gradients.inputs()).containsExactly((HostArray) null);
        assertThat(gradients.parameters().get("table")).isEqualTo(HostArray.of(Shape.of(3, 2), 1.0, 1, 0, 0, 3, 3));
        assertRefused(
                () -> model((scope, t) -> t.cast(DType.FLOAT64).gradient(t), ids)
                        .predict(x),
                ErrorCode.NOT_DIFFERENTIABLE,
                "x is int64");
        assertRefused(
                () -> model((scope, t) -> t.argMax(0).gradient(t), vector(1, 2).type()),
                ErrorCode.NOT_DIFFERENTIABLE,
                "int64");
        assertRefused(
                () -> model(
                        (scope, t) -> t.pullback(t.sum(), t).get(0),
                        vector(1, 2).type()),
                ErrorCode.SHAPE,
                "cotangent");
    }

    @Test
    @Rule({"5.10", "4.18"})
    void refusesIndicesOutOfRangeAlsoWhereOnlyTheGradientNeedsThem() {
        // The gradient of a gather by the table needs no gather: the indices go to scatter_add alone.
        Layer counts = (scope, indices) -> {
            Tensor table = scope.parameter("table", Shape.of(3), Initializer.ones());
            return table.gather(0, indices).sum().gradient(table);
        };
        Model model = model(counts, new TensorType(DType.INT32, Shape.of(2)));
        assertThat(model.predict(HostArray.of(Shape.of(2), 1, 1)).toDoubles()).containsExactly(0, 2, 0);
        assertRefused(() -> model.predict(HostArray.of(Shape.of(2), 1, 3)), ErrorCode.RANGE, "element 1 of x is 3");
        assertRefused(() -> model.predict(HostArray.of(Shape.of(2), -1, 1)), ErrorCode.RANGE, "element 0 of x is -1");
    }

    @Test
    void stopsWhereItIsTold() {
        assertThat(apply((scope, x) -> x.mul(x.stopGradient()).gradient(x), 3, -2))
                .containsExactly(3, -2);
    }

    private static void assertRefused(Runnable action, ErrorCode code, String... words) {
        assertThatThrownBy(action::run)
                .isInstanceOfSatisfying(
                        LaminaException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContainingAll(words);
    }
}
