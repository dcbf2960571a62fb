package org.lamina.layers;

import org.lamina.layer.Initializer;
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * Removes the mean of all elements and adds a learned shift: y = x - mean(x) + bias. {@code bias} has the shape of one sample,
 * that is of the input without its first axis, and starts at 0. An exercise of the older editions of the book's section.
 */
public record AffineTransform() implements Layer {
    @Override
    public Tensor forward(Scope scope, Tensor x) {
        int rank = x.shape().rank();
        Tensor bias = scope.parameter("bias", x.shape().slice(Math.min(1, rank), rank), Initializer.zeros());
        return x.sub(x.mean()).add(bias);
    }
}
