package org.lamina.examples;

import org.lamina.Shape;
import org.lamina.layer.Initializer;
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * relu(x W + b): a layer with parameters.
 *
 * @param inUnits the size of the input's last axis
 * @param units the size of the output's last axis
 */
public record MyLinear(long inUnits, long units) implements Layer {
    @Override
    public Tensor forward(Scope scope, Tensor x) {
        Tensor weight = scope.parameter("weight", Shape.of(inUnits, units), Initializer.normal(0, 1));
        Tensor bias = scope.parameter("bias", Shape.of(units), Initializer.normal(0, 1));
        return x.matmul(weight).add(bias).relu();
    }
}
