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
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

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

    private static double[] gradient(String name, Layer layer) {
        try (Backend backend = Backend.load(name);
                Model model = backend.model(layer, DType.FLOAT64).initialize(X.shape(), 1)) {
            return Objects.requireNonNull(model.gradients(X).inputs().get(0)).toDoubles();
        }
    }
}
