package org.lamina.layers;

import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * x, or slope x where x is negative; the derivative at 0 is the slope.
 *
 * @param slope without a default, as frameworks have 0.01, 0.2 and 0.3
 */
public record LeakyRelu(double slope) implements Layer {
    /** Checks the slope. */
    public LeakyRelu {
        Configuration.requireFinite("LeakyRelu", "slope", slope);
    }

    @Override
    public Tensor forward(Scope scope, Tensor x) {
        return x.leakyRelu(slope);
    }
}
