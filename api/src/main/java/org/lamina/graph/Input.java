package org.lamina.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamina.TensorType;

/**
 * A value given from outside when the graph runs: an input, a parameter, a state or a random draw.
 *
 * @param name unique in its graph; a parameter's is its path
 * @param type what must be given
 */
public record Input(String name, TensorType type) implements Op {
    @Override
    public String kind() {
        return "input";
    }

    @Override
    public TensorType infer(Operands operands) {
        return type;
    }

    @Override
    public List<@Nullable Node> pullback(GraphBuilder graph, Node node, Node cotangent) {
        return List.of();
    }

    @Override
    public <T> T lower(Lowering<T> lowering, TensorType resultType, List<T> operands) {
        throw new IllegalStateException("input " + name + " is given, not computed");
    }
}
