package org.lamina.layers;

import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/** max(x, 0), element by element; NaN for NaN, and the derivative at 0 is 0. */
public record Relu() implements Layer {
    @Override
    public Tensor forward(Scope scope, Tensor x) {
        return x.relu();
    }
}
