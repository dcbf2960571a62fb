package org.lamina.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamina.TensorType;

/**
 * The running sum along an axis.
 *
 * @param axis counted from the start
 * @param exclusive true if an element is not part of its own sum
 * @param reverse true if the sum runs from the end
 */
public record CumSum(int axis, boolean exclusive, boolean reverse) implements Op {
    @Override
    public String kind() {
        return "cumsum";
    }

    @Override
    public TensorType infer(Operands operands) {
        operands.requireNumeric(0);
        operands.requireAxis(0, axis);
        return new TensorType(operands.dtype(0), operands.shape(0));
    }

    @Override
    public List<@Nullable Node> pullback(GraphBuilder graph, Node node, Node cotangent) {
        return List.of(graph.apply(new CumSum(axis, exclusive, !reverse), cotangent));
    }

    @Override
    public <T> T lower(Lowering<T> lowering, TensorType type, List<T> operands) {
        return lowering.cumSum(operands.get(0), axis, exclusive, reverse);
    }
}
