package org.lamina.layers;

import org.lamina.ErrorCode;
import org.lamina.Shape;
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/** The axes after the batch made one, in C order: (batch, channels, height, width) becomes (batch, channels height width). */
public record Flatten() implements Layer {
    @Override
    public Tensor forward(Scope scope, Tensor x) {
        int rank = x.shape().rank();
        if (rank == 0) {
            throw scope.error(ErrorCode.SHAPE, "x is a scalar and has no batch axis. Give a batch.");
        }
        return x.reshape(
                x.shape().slice(0, 1).concat(Shape.of(x.shape().slice(1, rank).size())));
    }
}
