package org.lamina.layers;

import org.lamina.Shape;
import org.lamina.layer.Initializer;
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * x W + b of (..., in) to (..., units), where in is whatever the input has, as the book's {@code LazyLinear}. W is (in, units)
 * drawn by Glorot's uniform initializer, b is (units) and starts at 0.
 *
 * @param units the size of the output's last axis
 */
public record Dense(long units) implements Layer {
    /** Checks the size. */
    public Dense {
        Configuration.requirePositive("Dense", "units", units);
    }

    @Override
    public Tensor forward(Scope scope, Tensor x) {
        Tensor weight = scope.parameter("weight", Shape.of(x.shape().dim(-1), units), Initializer.glorotUniform());
        Tensor bias = scope.parameter("bias", Shape.of(units), Initializer.zeros());
        return x.matmul(weight).add(bias);
    }
}
