package org.lamina.layers;

import org.lamina.ErrorCode;
import org.lamina.Shape;
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * Normalizes each group of neighbouring channels of each sample of (batch, channels, ...) by its mean and variance with ddof 0,
 * then scales each channel: y = (x - mean) / sqrt(variance + epsilon) gamma + beta (Wu and He 2018). {@code gamma} and {@code
 * beta} are (channels) and start at 1 and 0.
 *
 * @param groups divides the channels
 * @param epsilon at least 0; without a default, as frameworks disagree on it
 */
public record GroupNorm(long groups, double epsilon) implements Layer {
    /** Checks the configuration. */
    public GroupNorm {
        Configuration.requirePositive("GroupNorm", "groups", groups);
        Normalization.requireEpsilon("GroupNorm", epsilon);
    }

    @Override
    public Tensor forward(Scope scope, Tensor x) {
        Normalization.requireChannels(scope, x);
        long channels = x.shape().dim(1);
        if (channels % groups != 0) {
            throw scope.error(
                    ErrorCode.SHAPE,
                    "x is " + x.shape() + " and groups is " + groups + ", which does not divide its " + channels
                            + " channels. Give a divisor.");
        }
        long size = x.shape().slice(1, x.shape().rank()).size() / groups;
        Tensor grouped = x.reshape(x.shape().slice(0, 1).concat(Shape.of(groups, size)));
        Tensor standard = Normalization.standardize(grouped, epsilon, -1).reshape(x.shape());
        return Normalization.scaleChannels(scope, standard);
    }
}
