package org.lamina.examples;

import org.lamina.Shape;
import org.lamina.layer.Initializer;
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * The same with the size of the input found at the first call.
 *
 * @param units the size of the output's last axis
 */
public record MyDense(long units) implements Layer {
    @Override
    public Tensor forward(Scope scope, Tensor x) {
        Tensor weight = scope.parameter("weight", Shape.of(x.shape().dim(-1), units), Initializer.normal(0, 0.05));
        Tensor bias = scope.parameter("bias", Shape.of(units), Initializer.zeros());
        return x.matmul(weight).add(bias).relu();
    }
}
