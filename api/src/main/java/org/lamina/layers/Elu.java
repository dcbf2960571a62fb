package org.lamina.layers;

import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * x, or alpha (e^x - 1) where x is negative (Clevert et al. 2016); the derivative at 0 is alpha.
 *
 * @param alpha without a default; most often 1
 */
public record Elu(double alpha) implements Layer {
    /** Checks alpha. */
    public Elu {
        Configuration.requireFinite("Elu", "alpha", alpha);
    }

    @Override
    public Tensor forward(Scope scope, Tensor x) {
        return x.elu(alpha);
    }
}
