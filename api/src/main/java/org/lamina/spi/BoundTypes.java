package org.lamina.spi;

import java.util.List;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.Node;

/**
 * The types of some nodes in a call, in which open sizes stand for the batch size. They are kept for the next call, whose batch
 * size is mostly the same. For many threads.
 */
public final class BoundTypes {
    private final List<Node> nodes;
    private final boolean open;
    private volatile Types last;

    private record Types(long batch, List<TensorType> each) {}

    /** The types of nodes. */
    public BoundTypes(List<Node> nodes) {
        this.nodes = nodes;
        this.open = nodes.stream().anyMatch(node -> node.type().shape().isOpen());
        this.last = bind(Shape.BATCH);
    }

    private Types bind(long batch) {
        // By index: where the batch size changes this runs in every call, and a stream leaves more garbage than a small
        // result.
        TensorType[] types = new TensorType[nodes.size()];
        for (int i = 0; i < types.length; i++) {
            types[i] = nodes.get(i).type().bind(batch);
        }
        return new Types(batch, List.of(types));
    }

    /**
     * The types in the order of the nodes.
     *
     * @param batch the batch size, {@link Shape#BATCH} if no size is open
     */
    public List<TensorType> at(long batch) {
        Types types = last;
        if (open && types.batch() != batch) {
            types = bind(batch);
            last = types;
        }
        return types.each();
    }
}
