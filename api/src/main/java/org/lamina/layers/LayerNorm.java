package org.lamina.layers;

import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * Normalizes along the last axis: y = (x - mean) / sqrt(variance + epsilon) gamma + beta (Ba et al. 2016), with the variance's
 * ddof 0. {@code gamma} and {@code beta} have the last axis' size and start at 1 and 0.
 *
 * @param epsilon at least 0; without a default, as frameworks disagree on it
 */
public record LayerNorm(double epsilon) implements Layer {
    /** Checks epsilon. */
    public LayerNorm {
        Normalization.requireEpsilon("LayerNorm", epsilon);
    }

    @Override
    public Tensor forward(Scope scope, Tensor x) {
        Normalization.requireLastAxis(scope, x);
        return Normalization.scaleLast(scope, Normalization.standardize(x, epsilon, -1));
    }
}
