package org.lamina.conformance;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.lamina.Shape;
import org.lamina.layer.CustomDerivative;
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;
import org.lamina.layers.CenteredLayer;

/** Layers that break what every layer must keep. */
final class WrongLayers {
    private static final Shape ROWS = Shape.of(5, 4);

    private WrongLayers() {}

    static List<Mutant> all() {
        return List.of(
                Mutant.layer("a derivative lacks a factor", LayerConformance.of(new HalfSlope(), ROWS)),
                Mutant.layer("a gradient is detached", LayerConformance.of(new Detached(), ROWS)),
                Mutant.layer("a derivative has the wrong sign", LayerConformance.of(new Negated(), ROWS)),
                Mutant.layer("a derivative forgets one of two paths", LayerConformance.of(new OnePath(), ROWS)),
                Mutant.layer(
                        "a mean is over the batch too",
                        LayerConformance.of(new CenteredLayer(), ROWS).independentRows()),
                Mutant.layer(
                        "a softmax is along the batch",
                        LayerConformance.of(new AlongTheBatch(), ROWS).independentRows()),
                Mutant.layer("a layer is another one each time it is made", changing()),
                Mutant.layer("a layer counts its calls", LayerConformance.of(new Counting(new AtomicInteger()), ROWS)));
    }

    private static LayerConformance changing() {
        AtomicInteger made = new AtomicInteger();
        return LayerConformance.of("changing", () -> {
                    double factor = made.incrementAndGet();
                    return (Layer) (scope, x) -> x.mul(factor);
                })
                .on(ROWS);
    }

    private record HalfSlope() implements Layer, CustomDerivative {
        @Override
        public Tensor forward(Scope scope, Tensor x) {
            return x.mul(x);
        }

        @Override
        public List<Tensor> pullback(List<Tensor> arguments, Tensor output, Tensor cotangent) {
            return List.of(cotangent.mul(arguments.get(0)));
        }
    }

    private record Detached() implements Layer, CustomDerivative {
        @Override
        public Tensor forward(Scope scope, Tensor x) {
            return x.tanh();
        }

        @Override
        public List<Tensor> pullback(List<Tensor> arguments, Tensor output, Tensor cotangent) {
            return List.of(cotangent.mul(0));
        }
    }

    private record Negated() implements Layer, CustomDerivative {
        @Override
        public Tensor forward(Scope scope, Tensor x) {
            return x.sigmoid();
        }

        @Override
        public List<Tensor> pullback(List<Tensor> arguments, Tensor output, Tensor cotangent) {
            return List.of(cotangent.mul(output).mul(output.sub(1)));
        }
    }

    private record OnePath() implements Layer, CustomDerivative {
        @Override
        public Tensor forward(Scope scope, Tensor x) {
            return x.relu().add(x);
        }

        @Override
        public List<Tensor> pullback(List<Tensor> arguments, Tensor output, Tensor cotangent) {
            return List.of(cotangent);
        }
    }

    private record AlongTheBatch() implements Layer {
        @Override
        public Tensor forward(Scope scope, Tensor x) {
            return x.softmax(0);
        }
    }

    private record Counting(AtomicInteger calls) implements Layer {
        @Override
        public Tensor forward(Scope scope, Tensor x) {
            return x.add(calls.incrementAndGet());
        }
    }
}
