package org.lamina.port;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamina.layer.Layer;

/**
 * A layer at its place in a model, and the arrays that a format has for it.
 *
 * @param path Lamina's
 * @param stored the format's name of the layer
 * @param layer what is there
 * @param original the place of the same layer object, whose parameters it shares; null if this is the first
 * @param tensors with the format's names below {@code stored}; null if the format does not know the layer
 * @param reason why not
 */
record LayerSite(
        String path,
        String stored,
        Layer layer,
        @Nullable LayerSite original,
        @Nullable List<StoredTensor> tensors,
        String reason) {
    /** The path of one of its parameters. */
    String path(String parameter) {
        return path.isEmpty() ? parameter : path + "." + parameter;
    }

    /** For messages: its path and type. */
    @Override
    public String toString() {
        return (path.isEmpty() ? "the model" : path) + " (" + layer.getClass().getSimpleName() + ")";
    }
}
