package org.lamina.dl4j;

import java.util.List;
import java.util.Map;
import org.lamina.ErrorCode;
import org.lamina.Shape;
import org.lamina.layer.Initializer;
import org.lamina.layer.Layer;
import org.lamina.layer.LayerProvider;
import org.lamina.layer.MultiLayer;
import org.lamina.layer.Scope;
import org.lamina.layer.State;
import org.lamina.layer.Tensor;

/** Layers of the tests' own, registered as a user registers his. */
public final class SampleLayers implements LayerProvider {
    /** x squared, with half of its derivative. */
    record WrongDerivative() implements Layer {
        @Override
        public Tensor forward(Scope scope, Tensor x) {
            return x.mul(x.stopGradient());
        }
    }

    /** tanh(x first + y second + bias) of two inputs, its names with underscores, and the number of steps it was trained for. */
    record Mixture(long units) implements MultiLayer {
        @Override
        public List<Tensor> forward(Scope scope, List<Tensor> inputs) {
            if (inputs.size() != 2) {
                throw scope.error(ErrorCode.ARITY, "Mixture takes two inputs and was given " + inputs.size() + ".");
            }
            Tensor first = inputs.get(0).matmul(weight(scope, "first", inputs.get(0)));
            Tensor second = inputs.get(1).matmul(weight(scope, "second_one", inputs.get(1)));
            Tensor bias = scope.parameter("bias_all", Shape.of(units), Initializer.normal(0, 1));
            State steps = scope.state("steps", Shape.scalar(), Initializer.zeros());
            if (scope.training()) {
                steps.replace(steps.value().add(1));
            }
            return List.of(first.add(second).add(bias).tanh());
        }

        private Tensor weight(Scope scope, String name, Tensor x) {
            return scope.parameter(name, Shape.of(x.shape().dim(-1), units), Initializer.normal(0, 1));
        }
    }

    @Override
    public Map<String, Class<? extends Layer>> layers() {
        return Map.of("WrongDerivative", WrongDerivative.class, "Mixture", Mixture.class);
    }
}
