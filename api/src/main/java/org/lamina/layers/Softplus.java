package org.lamina.layers;

import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/** ln(1 + e^x) without overflow, element by element. */
public record Softplus() implements Layer {
    @Override
    public Tensor forward(Scope scope, Tensor x) {
        return x.softplus();
    }
}
