package org.lamina.layers;

import org.lamina.Shape;
import org.lamina.layer.Initializer;
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * relu(x W + b) of (..., in) to (..., units), where in is whatever the input has: W is (in, units) drawn from N(0, 1), b is
 * (units) and starts at 0. The lazy form of <i>Dive into Deep Learning</i>, section 6.5.2, with the JAX tab's initial values.
 *
 * @param units the size of the output's last axis
 */
public record MyDense(long units) implements Layer {
    /** Checks the size. */
    public MyDense {
        Configuration.requirePositive("MyDense", "units", units);
    }

    @Override
    public Tensor forward(Scope scope, Tensor x) {
        Tensor weight = scope.parameter("weight", Shape.of(x.shape().dim(-1), units), Initializer.normal(0, 1));
        Tensor bias = scope.parameter("bias", Shape.of(units), Initializer.zeros());
        return x.matmul(weight).add(bias).relu();
    }
}
