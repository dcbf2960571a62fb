package org.lamina.layers;

import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * x limited to [low, high], NaN for NaN; the derivative is 1 inside and at the bounds, 0 outside. (0, 6) is ReLU6, (-1, 1) the
 * hard tanh.
 *
 * @param low not above high
 * @param high not below low
 */
public record Clip(double low, double high) implements Layer {
    /** Checks the bounds. */
    public Clip {
        if (!(low <= high)) {
            throw new LaminaException(
                    ErrorCode.CONFIGURATION,
                    "Clip: low is " + low + " and high is " + high
                            + "; low must not be above high. Exchange or change them.");
        }
    }

    @Override
    public Tensor forward(Scope scope, Tensor x) {
        return x.clip(low, high);
    }
}
