package org.lamina.layers;

import org.jspecify.annotations.Nullable;
import org.lamina.Arguments;
import org.lamina.ErrorCode;
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * A layer's output plus its input: y = layer(x) + x (He et al. 2016), or layer(x) + shortcut(x). The two have one shape. They are
 * named {@code layer} and {@code shortcut}.
 *
 * @param layer what is learned
 * @param shortcut what the input goes through where the shapes differ; null, the default, for the input itself
 */
public record Residual(Layer layer, @Nullable Layer shortcut) implements Layer {
    /** @throws LaminaException ARGUMENT if one of them is null */
    public Residual {
        Arguments.require(layer, "Residual", "layer");
    }

    /** With the input itself as the shortcut. */
    public Residual(Layer layer) {
        this(layer, null);
    }

    @Override
    public Tensor forward(Scope scope, Tensor x) {
        Tensor learned = scope.call("layer", layer, x);
        Tensor straight = shortcut == null ? x : scope.call("shortcut", shortcut, x);
        if (!learned.shape().equals(straight.shape())) {
            throw scope.error(
                    ErrorCode.SHAPE,
                    "the layer gives " + learned.shape() + " and the shortcut " + straight.shape()
                            + "; they must be equal. Give a shortcut that makes them so.");
        }
        return learned.add(straight);
    }
}
