package org.lamina.layers;

import org.lamina.Shape;
import org.lamina.layer.Initializer;
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * relu(x W + b) of (..., inUnits) to (..., units); W is (inUnits, units) and b is (units), both drawn from N(0, 1). The PyTorch
 * tab's layer of <i>Dive into Deep Learning</i>, section 6.5.2, with its gradient intact.
 *
 * @param inUnits the size of the input's last axis
 * @param units the size of the output's last axis
 */
public record MyLinear(long inUnits, long units) implements Layer {
    /** Checks the sizes. */
    public MyLinear {
        Configuration.requirePositive("MyLinear", "inUnits", inUnits);
        Configuration.requirePositive("MyLinear", "units", units);
    }

    @Override
    public Tensor forward(Scope scope, Tensor x) {
        Tensor weight = scope.parameter("weight", Shape.of(inUnits, units), Initializer.normal(0, 1));
        Tensor bias = scope.parameter("bias", Shape.of(units), Initializer.normal(0, 1));
        return x.matmul(weight).add(bias).relu();
    }
}
