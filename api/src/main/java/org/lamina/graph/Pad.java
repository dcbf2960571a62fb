package org.lamina.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamina.ErrorCode;
import org.lamina.TensorType;

/**
 * The operand with constant elements before and after it along one axis.
 *
 * @param axis counted from the start
 * @param before how many elements before, not negative
 * @param after how many elements after, not negative
 * @param value the constant, in the operand's dtype
 */
public record Pad(int axis, long before, long after, double value) implements Op {
    @Override
    public String kind() {
        return "pad";
    }

    @Override
    public TensorType infer(Operands operands) {
        operands.requireNumeric(0);
        operands.requireAxis(0, axis);
        if (before < 0 || after < 0) {
            throw operands.error(
                    ErrorCode.RANGE,
                    "the widths are " + before + " and " + after + "; a negative width would cut. Use slice to cut.");
        }
        if (!operands.dtype(0).holds(value)) {
            throw operands.error(
                    ErrorCode.DTYPE,
                    operands.describeShape(0) + " of " + operands.dtype(0) + ", which does not hold the value " + value
                            + ". Give one that it holds, or use cast first.");
        }
        return new TensorType(operands.dtype(0), operands.shape(0).with(axis, padded(operands)));
    }

    private long padded(Operands operands) {
        try {
            return Math.addExact(operands.closed(0, axis), Math.addExact(before, after));
        } catch (ArithmeticException e) {
            throw operands.error(
                    ErrorCode.SHAPE,
                    operands.describeShape(0) + ", and with " + before + " elements before and " + after
                            + " after it axis " + axis + " has more than 2^63 - 1. Give smaller widths.");
        }
    }

    @Override
    public List<@Nullable Node> pullback(GraphBuilder graph, Node node, Node cotangent) {
        long size = node.operand(0).type().shape().extent(axis);
        return List.of(graph.apply(new Slice(axis, before, size, 1), cotangent));
    }

    @Override
    public <T> T lower(Lowering<T> lowering, TensorType type, List<T> operands) {
        return lowering.pad(operands.get(0), axis, before, after, value);
    }
}
