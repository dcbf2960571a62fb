package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.layer.CustomDerivative;
import org.lamina.layer.Initializer;
import org.lamina.layer.Layer;
import org.lamina.layer.MultiLayer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;
import org.lamina.layers.Sequential;

/** Derivatives that an author makes of the output: of its value, and of its own derivative. */
class OwnDerivativeTest {
    private static final HostArray X = HostArray.of(Shape.of(1, 3), -2.0, 0.5, 3.0);

    /** x^2, whose derivative is limited to [-1, 1]. */
    private record LimitedSquare() implements Layer, CustomDerivative {
        @Override
        public Tensor forward(Scope scope, Tensor x) {
            return x.square();
        }

        @Override
        public List<Tensor> pullback(List<Tensor> arguments, Tensor output, Tensor cotangent) {
            return List.of(output.pullback(cotangent, arguments.get(0)).get(0).clip(-1, 1));
        }
    }

    /** e^x by its own value. */
    private record Power() implements Layer, CustomDerivative {
        @Override
        public Tensor forward(Scope scope, Tensor x) {
            return x.exp();
        }

        @Override
        public List<Tensor> pullback(List<Tensor> arguments, Tensor output, Tensor cotangent) {
            return List.of(cotangent.mul(output));
        }
    }

    @ParameterizedTest
    @MethodSource("org.lamina.Backend#available")
    @Rule("3.49")
    void limitsTheOrdinaryDerivative(String name) {
        assertThat(gradient(name, new LimitedSquare())).containsExactly(-1, 1, 1);
        Layer within = (scope, x) -> scope.call("square", new LimitedSquare(), x.mul(0.125));
        assertThat(gradient(name, within)).containsExactly(-0.0625, 0.015625, 0.09375);
    }

    /** e^-2, e^0.5 and e^3 to 16 digits, as tables have them. */
    @ParameterizedTest
    @MethodSource("org.lamina.Backend#available")
    @Rule("3.49")
    void isMadeOfTheValueAtAnyOrder(String name) {
        Layer second = (scope, x) -> scope.call("power", new Power(), x).gradient(x);
        for (Layer layer : List.of(new Power(), second)) {
            double[] slope = gradient(name, layer);
            assertThat(slope[0]).isCloseTo(0.1353352832366127, within(1e-15));
            assertThat(slope[1]).isCloseTo(1.6487212707001282, within(1e-14));
            assertThat(slope[2]).isCloseTo(20.085536923187668, within(1e-13));
        }
    }

    /** A product of its inputs, with the ordinary derivative. */
    private record Product() implements MultiLayer, CustomDerivative {
        @Override
        public List<Tensor> forward(Scope scope, List<Tensor> inputs) {
            return List.of(inputs.get(0).mul(inputs.get(1)));
        }

        @Override
        public List<Tensor> pullback(List<Tensor> arguments, Tensor output, Tensor cotangent) {
            return output.pullback(cotangent, arguments.toArray(new Tensor[0]));
        }
    }

    /** Another layer, with the ordinary derivative. */
    private record Ordinary(Layer layer) implements Layer, CustomDerivative {
        @Override
        public Tensor forward(Scope scope, Tensor x) {
            return scope.call("layer", layer, x);
        }

        @Override
        public List<Tensor> pullback(List<Tensor> arguments, Tensor output, Tensor cotangent) {
            return output.pullback(cotangent, arguments.toArray(new Tensor[0]));
        }
    }

    /** w x, where w is 3. */
    private record Scaled() implements Layer {
        @Override
        public Tensor forward(Scope scope, Tensor x) {
            return x.mul(scope.parameter("w", Shape.of(), Initializer.constant(3)));
        }
    }

    @ParameterizedTest
    @MethodSource("org.lamina.Backend#available")
    @Rule("3.49")
    void argumentsMadeOfEachOtherCountAsIndependent(String name) {
        Layer twice = (scope, x) ->
                scope.call("product", new Product(), List.of(x, x.mul(2))).get(0);
        Layer square = (scope, x) ->
                scope.call("product", new Product(), List.of(x, x)).get(0);
        assertThat(gradient(name, twice)).containsExactly(-8, 2, 12);
        assertThat(gradient(name, square)).containsExactly(-4, 1, 6);
    }

    /** The derivative of w w x by w is 2 w x: of -2, 0.5 and 3 in all 9. */
    @ParameterizedTest
    @MethodSource("org.lamina.Backend#available")
    @Rule("3.49")
    void aSharedParameterGetsTheShareOfEveryCall(String name) {
        Layer scaled = new Scaled();
        Layer ordinary = new Ordinary(scaled);
        List<Layer> models = List.of(
                Sequential.of(scaled, scaled),
                Sequential.of(ordinary, ordinary),
                Sequential.of(scaled, ordinary),
                Sequential.of(ordinary, scaled),
                new Ordinary(Sequential.of(scaled, ordinary)));
        for (Layer layer : models) {
            try (Backend backend = Backend.load(name);
                    Model model = backend.model(layer, DType.FLOAT64).initialize(X.shape(), 1)) {
                assertThat(model.gradients(X).parameters().values())
                        .as(layer.toString())
                        .containsExactly(HostArray.of(Shape.of(), 9.0));
                assertThat(Objects.requireNonNull(model.gradients(X).inputs().get(0))
                                .toDoubles())
                        .containsExactly(9, 9, 9);
            }
        }
    }

    private static double[] gradient(String name, Layer layer) {
        try (Backend backend = Backend.load(name);
                Model model = backend.model(layer, DType.FLOAT64).initialize(X.shape(), 1)) {
            return Objects.requireNonNull(model.gradients(X).inputs().get(0)).toDoubles();
        }
    }
}
