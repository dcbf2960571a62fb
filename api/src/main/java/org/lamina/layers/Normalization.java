package org.lamina.layers;

import java.util.Arrays;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.layer.Initializer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/** What the layers that normalize have in common. */
final class Normalization {
    private Normalization() {}

    static void requireEpsilon(String layer, double epsilon) {
        if (!(epsilon >= 0 && Double.isFinite(epsilon))) {
            throw new LaminaException(
                    ErrorCode.CONFIGURATION,
                    layer + ": epsilon is " + epsilon + "; it must be at least 0 and finite. Give such a number.");
        }
    }

    static void requireChannels(Scope scope, Tensor x) {
        if (x.shape().rank() < 2) {
            throw scope.error(
                    ErrorCode.SHAPE, "x is " + x.shape() + " and must be (batch, channels, ...). Reshape it first.");
        }
    }

    static void requireLastAxis(Scope scope, Tensor x) {
        if (x.shape().rank() == 0) {
            throw scope.error(ErrorCode.SHAPE, "x is a scalar and has no last axis. Give at least one axis.");
        }
    }

    /** (x - mean) / sqrt(variance + epsilon), the variance with ddof 0, both over axes. */
    static Tensor standardize(Tensor x, double epsilon, int... axes) {
        Tensor centered = x.sub(x.mean(true, axes));
        return centered.div(centered.square().mean(true, axes).add(epsilon).sqrt());
    }

    /** x gamma + beta along the last axis, with gamma starting at 1 and beta at 0. */
    static Tensor scaleLast(Scope scope, Tensor x) {
        Shape units = Shape.of(x.shape().dim(-1));
        Tensor gamma = scope.parameter("gamma", units, Initializer.ones());
        return x.mul(gamma).add(scope.parameter("beta", units, Initializer.zeros()));
    }

    /** x gamma + beta along axis 1, with gamma starting at 1 and beta at 0. */
    static Tensor scaleChannels(Scope scope, Tensor x) {
        Shape channels = Shape.of(x.shape().dim(1));
        Tensor gamma = scope.parameter("gamma", channels, Initializer.ones());
        Tensor beta = scope.parameter("beta", channels, Initializer.zeros());
        return x.mul(alongChannels(gamma, x)).add(alongChannels(beta, x));
    }

    /** One number for each channel, with as many axes as x. */
    static Tensor alongChannels(Tensor values, Tensor x) {
        long[] sizes = new long[x.shape().rank()];
        Arrays.fill(sizes, 1);
        sizes[1] = x.shape().dim(1);
        return values.reshape(sizes);
    }
}
