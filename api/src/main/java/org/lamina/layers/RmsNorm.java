package org.lamina.layers;

import org.lamina.Shape;
import org.lamina.layer.Initializer;
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * Divides by the root of the mean square along the last axis: y = x / sqrt(mean(x^2) + epsilon) gamma (Zhang and Sennrich 2019).
 * {@code gamma} has the last axis' size and starts at 1.
 *
 * @param epsilon at least 0; without a default, as frameworks disagree on it
 */
public record RmsNorm(double epsilon) implements Layer {
    /** Checks epsilon. */
    public RmsNorm {
        Normalization.requireEpsilon("RmsNorm", epsilon);
    }

    @Override
    public Tensor forward(Scope scope, Tensor x) {
        Normalization.requireLastAxis(scope, x);
        Tensor gamma = scope.parameter("gamma", Shape.of(x.shape().dim(-1)), Initializer.ones());
        return x.div(x.square().mean(true, -1).add(epsilon).sqrt()).mul(gamma);
    }
}
