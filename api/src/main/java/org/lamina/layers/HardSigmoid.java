package org.lamina.layers;

import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * slope x + offset, limited to [0, 1].
 *
 * @param slope without a default, as frameworks have 1/6 and 0.2
 * @param offset without a default; most often 0.5
 */
public record HardSigmoid(double slope, double offset) implements Layer {
    /** Checks the numbers. */
    public HardSigmoid {
        Configuration.requireFinite("HardSigmoid", "slope", slope);
        Configuration.requireFinite("HardSigmoid", "offset", offset);
    }

    @Override
    public Tensor forward(Scope scope, Tensor x) {
        return x.mul(slope).add(offset).clip(0, 1);
    }
}
