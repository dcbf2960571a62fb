package org.lamina.graph;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamina.Shape;
import org.lamina.TensorType;

/**
 * Slices of the first operand along an axis, chosen by the second, an integer tensor: its shape takes the place of the axis.
 * Indices lie in range: those that are inputs are checked before the graph runs, computed ones are clamped when traced.
 *
 * @param axis counted from the start
 */
public record Gather(int axis) implements Op {
    @Override
    public String kind() {
        return "gather";
    }

    @Override
    public TensorType infer(Operands operands) {
        operands.requireAxis(0, axis);
        operands.requireInteger(1);
        operands.requireChoice(operands.closed(0, axis), 1);
        Shape x = operands.shape(0);
        Shape shape = x.slice(0, axis).concat(operands.shape(1)).concat(x.slice(axis + 1, x.rank()));
        return new TensorType(operands.dtype(0), shape);
    }

    @Override
    public List<@Nullable Node> pullback(GraphBuilder graph, Node node, Node cotangent) {
        long size = node.operand(0).type().shape().extent(axis);
        return Arrays.asList(graph.apply(new ScatterAdd(axis, size), cotangent, node.operand(1)), null);
    }

    @Override
    public <T> T lower(Lowering<T> lowering, TensorType type, List<T> operands) {
        return lowering.gather(operands.get(0), operands.get(1), axis);
    }
}
