package org.lamina.layers;

import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * In training sets each element to 0 with probability {@code rate} and divides the others by 1 - rate; otherwise changes nothing
 * (Srivastava et al. 2014, in the inverted form). The masks are the same on every backend.
 *
 * @param rate at least 0, below 1
 */
public record Dropout(double rate) implements Layer {
    /** Checks the rate. */
    public Dropout {
        if (!(rate >= 0 && rate < 1)) {
            throw new LaminaException(
                    ErrorCode.CONFIGURATION,
                    "Dropout: rate is " + rate + "; it must be at least 0 and below 1. Give such a rate.");
        }
    }

    @Override
    public Tensor forward(Scope scope, Tensor x) {
        if (!scope.training() || rate == 0) {
            return x;
        }
        Tensor kept = scope.random(x.shape()).greaterEqual(rate);
        return x.div(1 - rate).mul(kept.cast(x.dtype()));
    }
}
