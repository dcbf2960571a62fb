package org.lamina.layers;

import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/** The approximation of GELU by the sigmoid: x sigmoid(1.702 x). It differs from {@link Gelu} by up to 0.02. */
public record GeluSigmoid() implements Layer {
    @Override
    public Tensor forward(Scope scope, Tensor x) {
        return x.geluSigmoid();
    }
}
