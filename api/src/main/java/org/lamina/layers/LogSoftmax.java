package org.lamina.layers;

import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/** ln(e^x / sum(e^x)) along the last axis, without overflow. */
public record LogSoftmax() implements Layer {
    @Override
    public Tensor forward(Scope scope, Tensor x) {
        return x.logSoftmax(-1);
    }
}
