package org.lamina.layers;

import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/** The logistic function 1 / (1 + e^-x), element by element. */
public record Sigmoid() implements Layer {
    @Override
    public Tensor forward(Scope scope, Tensor x) {
        return x.sigmoid();
    }
}
