package org.lamina.port;

import java.util.List;
import org.lamina.layer.Layer;

/**
 * Tells how a layer's parameters are called and laid out in one format. For a layer of one's own: implement it and list the
 * implementation in {@code META-INF/services/org.lamina.port.LayerConverter}. Without one, a layer that the format does not know is
 * reported when a model is ported, never passed over.
 */
public interface LayerConverter {
    /** The format, such as {@code torch}. */
    String format();

    /** The class of the layers that it is for. */
    Class<? extends Layer> layer();

    /** All arrays that the format has for a layer; none for a layer without parameters. */
    List<StoredTensor> tensors(Layer layer);
}
