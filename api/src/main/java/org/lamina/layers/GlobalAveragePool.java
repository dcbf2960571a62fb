package org.lamina.layers;

import java.util.stream.IntStream;
import org.lamina.ErrorCode;
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/** The mean of each channel: of (batch, channels, spatial axes) to (batch, channels). At least one spatial axis. */
public record GlobalAveragePool() implements Layer {
    @Override
    public Tensor forward(Scope scope, Tensor x) {
        int rank = x.shape().rank();
        if (rank < 3) {
            throw scope.error(
                    ErrorCode.SHAPE,
                    "x is " + x.shape() + " and has no axes after the batch and the channels. Give at least one.");
        }
        return x.mean(IntStream.range(2, rank).toArray());
    }
}
