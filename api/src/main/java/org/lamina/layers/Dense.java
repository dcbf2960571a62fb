package org.lamina.layers;

import org.jspecify.annotations.Nullable;
import org.lamina.Shape;
import org.lamina.layer.Initializer;
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * activation(x W + b) of (..., in) to (..., units), where in is whatever the input has, as the book's {@code LazyLinear}. W is
 * (in, units) drawn by Glorot's uniform initializer, b is (units) and starts at 0.
 *
 * @param units the size of the output's last axis
 * @param activation what the sum goes through, named {@code activation}; null, the default, for nothing
 */
public record Dense(long units, @Nullable Layer activation) implements Layer {
    /** Checks the size. */
    public Dense {
        Configuration.requirePositive("Dense", "units", units);
    }

    /** Without an activation. */
    public Dense(long units) {
        this(units, null);
    }

    @Override
    public Tensor forward(Scope scope, Tensor x) {
        Tensor weight = scope.parameter("weight", Shape.of(x.shape().dim(-1), units), Initializer.glorotUniform());
        Tensor bias = scope.parameter("bias", Shape.of(units), Initializer.zeros());
        Tensor sum = x.matmul(weight).add(bias);
        return activation == null ? sum : scope.call("activation", activation, sum);
    }
}
