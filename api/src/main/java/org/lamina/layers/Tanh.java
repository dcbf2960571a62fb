package org.lamina.layers;

import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/** The hyperbolic tangent, element by element. */
public record Tanh() implements Layer {
    @Override
    public Tensor forward(Scope scope, Tensor x) {
        return x.tanh();
    }
}
