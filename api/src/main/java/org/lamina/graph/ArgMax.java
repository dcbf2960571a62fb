package org.lamina.graph;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.TensorType;

/**
 * The int64 index of the greatest element along an axis, which goes: the first of equal ones, the first NaN if there is one.
 *
 * @param axis counted from the start
 */
public record ArgMax(int axis) implements Op {
    @Override
    public String kind() {
        return "argmax";
    }

    @Override
    public TensorType infer(Operands operands) {
        operands.requireNumeric(0);
        operands.requireAxis(0, axis);
        if (operands.shape(0).extent(axis) == 0) {
            throw operands.error(
                    ErrorCode.EMPTY,
                    operands.describeShape(0) + ", so axis " + axis
                            + " has no element to point at. Give at least one element.");
        }
        return new TensorType(DType.INT64, Reduction.reduced(operands.shape(0), List.of(axis), false));
    }

    @Override
    public List<@Nullable Node> pullback(GraphBuilder graph, Node node, Node cotangent) {
        return Collections.singletonList(null);
    }

    @Override
    public <T> T lower(Lowering<T> lowering, TensorType type, List<T> operands) {
        return lowering.argMax(operands.get(0), axis);
    }
}
