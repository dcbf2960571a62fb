package org.lamina.layers;

import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/** x sigmoid(x), also called swish, element by element. */
public record Silu() implements Layer {
    @Override
    public Tensor forward(Scope scope, Tensor x) {
        return x.silu();
    }
}
