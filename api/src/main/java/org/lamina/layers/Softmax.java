package org.lamina.layers;

import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/** e^x / sum(e^x) along the last axis, so that it adds up to 1. */
public record Softmax() implements Layer {
    @Override
    public Tensor forward(Scope scope, Tensor x) {
        return x.softmax(-1);
    }
}
