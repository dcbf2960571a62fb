package org.lamina.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamina.HostArray;
import org.lamina.TensorType;

/**
 * A value known when the graph is made.
 *
 * @param value the value, without a derivative
 */
public record Constant(HostArray value) implements Op {
    @Override
    public String kind() {
        return "constant";
    }

    @Override
    public TensorType infer(Operands operands) {
        return value.type();
    }

    @Override
    public List<@Nullable Node> pullback(GraphBuilder graph, Node node, Node cotangent) {
        return List.of();
    }

    @Override
    public <T> T lower(Lowering<T> lowering, TensorType type, List<T> operands) {
        return lowering.constant(value);
    }
}
