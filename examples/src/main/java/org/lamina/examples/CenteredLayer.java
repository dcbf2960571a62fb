package org.lamina.examples;

import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/** Subtracts the mean of all elements: a layer without parameters. */
public record CenteredLayer() implements Layer {
    @Override
    public Tensor forward(Scope scope, Tensor x) {
        return x.sub(x.mean());
    }
}
