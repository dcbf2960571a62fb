package org.lamina.graph;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamina.ErrorCode;
import org.lamina.Shape;
import org.lamina.TensorType;

/**
 * The adjoint of {@link Gather}: slices of the first operand added up, along an axis of the given size, where the second, an
 * integer tensor whose shape lies at the axis in the first, points.
 *
 * @param axis counted from the start
 * @param size the size of the axis in the result
 */
public record ScatterAdd(int axis, long size) implements Op {
    @Override
    public String kind() {
        return "scatter_add";
    }

    @Override
    public TensorType infer(Operands operands) {
        operands.requireNumeric(0);
        operands.requireInteger(1);
        Shape x = operands.shape(0);
        Shape indices = operands.shape(1);
        int end = axis + indices.rank();
        if (end > x.rank() || !x.slice(axis, end).equals(indices)) {
            throw operands.error(
                    ErrorCode.SHAPE,
                    operands.describeShape(0) + " and the indices are " + indices + "; their shape must stand at axis "
                            + axis + " of the first.");
        }
        operands.requireChoice(size, 1);
        Shape shape = x.slice(0, axis).concat(Shape.of(size)).concat(x.slice(end, x.rank()));
        return new TensorType(operands.dtype(0), shape);
    }

    @Override
    public List<@Nullable Node> pullback(GraphBuilder graph, Node node, Node cotangent) {
        return Arrays.asList(graph.apply(new Gather(axis), cotangent, node.operand(1)), null);
    }

    @Override
    public <T> T lower(Lowering<T> lowering, TensorType type, List<T> operands) {
        return lowering.scatterAdd(operands.get(0), operands.get(1), axis, size);
    }
}
