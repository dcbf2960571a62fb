package org.lamina.layer;

import java.util.List;
import org.lamina.graph.Node;

/** Is told of each call of a layer while a model is traced, the model's own first. */
public interface CallObserver {
    /**
     * A call begins.
     *
     * @param path the place of the layer, such as {@code encoder.1}; empty for the model itself
     */
    void entered(String path, Layer layer, List<Node> inputs);

    /** The call that began last is over. */
    void left(String path, Layer layer, List<Node> outputs);
}
