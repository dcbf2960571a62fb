package org.lamina.graph;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.Shape;
import org.lamina.TensorType;

/**
 * The number of elements along axes, as a scalar: how a graph that is good for every batch size divides by it.
 *
 * @param axes the axes whose sizes are multiplied, counted from the start, ascending
 * @param dtype a numeric dtype of the result
 */
public record Count(List<Integer> axes, DType dtype) implements Op {
    @Override
    public String kind() {
        return "count";
    }

    @Override
    public TensorType infer(Operands operands) {
        axes.forEach(axis -> operands.requireAxis(0, axis));
        return new TensorType(dtype, Shape.scalar());
    }

    @Override
    public List<@Nullable Node> pullback(GraphBuilder graph, Node node, Node cotangent) {
        return Collections.singletonList(null);
    }

    @Override
    public <T> T lower(Lowering<T> lowering, TensorType type, List<T> operands) {
        return lowering.count(
                operands.get(0), axes.stream().mapToInt(Integer::intValue).toArray(), dtype);
    }
}
