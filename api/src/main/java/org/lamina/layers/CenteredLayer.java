package org.lamina.layers;

import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * Subtracts the mean of all elements, the batch included: y = x - mean(x). Any shape with at least one element; an empty tensor
 * is an error. <i>Dive into Deep Learning</i>, section 6.5.1.
 */
public record CenteredLayer() implements Layer {
    @Override
    public Tensor forward(Scope scope, Tensor x) {
        return x.sub(x.mean());
    }
}
