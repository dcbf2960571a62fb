package org.lamina.layers;

import java.util.stream.IntStream;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.layer.Initializer;
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.State;
import org.lamina.layer.Tensor;

/**
 * Normalizes each channel of (batch, channels, ...): y = (x - mean) / sqrt(variance + epsilon) gamma + beta (Ioffe and Szegedy
 * 2015). {@code gamma} and {@code beta} are (channels) and start at 1 and 0.
 *
 * <p>In training mean and variance are those of the batch, over all axes but the channels, the variance with ddof 0, and the
 * states {@code runningMean} and {@code runningVariance}, (channels), which start at 0 and 1, become decay times themselves plus
 * (1 - decay) times the batch's. In prediction the states are used and stay.
 *
 * @param epsilon at least 0; without a default, as frameworks disagree on it
 * @param decay the weight of the old value, 0.9 by default; what PyTorch calls momentum is 1 - decay
 * @param unbiased true, the default, if the running variance has ddof 1, as in PyTorch; false for 0, as in Keras and DL4J. A batch
 *     of one element for each channel has ddof 0 in both.
 */
public record BatchNorm(double epsilon, double decay, boolean unbiased) implements Layer {
    private static final double DECAY = 0.9;

    /** Checks the configuration. */
    public BatchNorm {
        Normalization.requireEpsilon("BatchNorm", epsilon);
        if (!(decay >= 0 && decay <= 1)) {
            throw new LaminaException(
                    ErrorCode.CONFIGURATION,
                    "BatchNorm: decay is " + decay + "; it must be from 0 to 1. Give the weight of the old value.");
        }
    }

    /** With decay 0.9 and an unbiased running variance. */
    public BatchNorm(double epsilon) {
        this(epsilon, DECAY);
    }

    /** With an unbiased running variance. */
    public BatchNorm(double epsilon, double decay) {
        this(epsilon, decay, true);
    }

    @Override
    public Tensor forward(Scope scope, Tensor x) {
        Normalization.requireChannels(scope, x);
        Shape channels = Shape.of(x.shape().dim(1));
        State mean = scope.state("runningMean", channels, Initializer.zeros());
        State variance = scope.state("runningVariance", channels, Initializer.ones());
        Tensor standard = scope.training() ? train(x, mean, variance) : predict(x, mean.value(), variance.value());
        return Normalization.scaleChannels(scope, standard);
    }

    private Tensor predict(Tensor x, Tensor mean, Tensor variance) {
        Tensor deviation = variance.add(epsilon).sqrt();
        return x.sub(Normalization.alongChannels(mean, x)).div(Normalization.alongChannels(deviation, x));
    }

    private Tensor train(Tensor x, State runningMean, State runningVariance) {
        int[] axes =
                IntStream.range(0, x.shape().rank()).filter(axis -> axis != 1).toArray();
        Tensor mean = x.mean(axes);
        Tensor variance = x.variance(0, axes);
        Tensor count = x.count(axes);
        Tensor kept = unbiased ? variance.mul(count.div(count.sub(1).maximum(1))) : variance;
        runningMean.replace(blend(runningMean.value(), mean));
        runningVariance.replace(blend(runningVariance.value(), kept));
        return predict(x, mean, variance);
    }

    private Tensor blend(Tensor old, Tensor next) {
        return old.mul(decay).add(next.mul(1 - decay));
    }
}
