package org.lamina.examples;

import org.lamina.Shape;
import org.lamina.layer.Initializer;
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/** A layer of one's own: each row to mean 0 and variance 1, then a learned gain for each feature. */
public record Standardize(double epsilon) implements Layer {
    @Override
    public Tensor forward(Scope scope, Tensor x) {
        Tensor gain = scope.parameter("gain", Shape.of(x.shape().dim(-1)), Initializer.ones());
        Tensor centered = x.sub(x.mean(true, -1));
        Tensor deviation = x.variance(0, true, -1).add(epsilon).sqrt();
        return centered.div(deviation).mul(gain);
    }
}
