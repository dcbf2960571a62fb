package org.lamina.graph;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamina.ErrorCode;
import org.lamina.Shape;
import org.lamina.TensorType;

/**
 * The operands one after another along an axis; their other axes are equal.
 *
 * @param axis counted from the start
 */
public record Concat(int axis) implements Op {
    @Override
    public String kind() {
        return "concat";
    }

    @Override
    public TensorType infer(Operands operands) {
        operands.requireAxis(0, axis);
        Shape first = operands.shape(0);
        long size = 0;
        for (int i = 0; i < operands.count(); i++) {
            operands.requireSameDtype(0, i);
            if (operands.shape(i).rank() != first.rank()
                    || !operands.shape(i).with(axis, 0).equals(first.with(axis, 0))) {
                throw operands.error(
                        ErrorCode.SHAPE,
                        operands.describeShape(0) + " and operand " + i + " is " + operands.shape(i)
                                + "; all axes but axis " + axis + " must be equal.");
            }
            size += operands.closed(i, axis);
        }
        return new TensorType(operands.dtype(0), first.with(axis, size));
    }

    @Override
    public List<@Nullable Node> pullback(GraphBuilder graph, Node node, Node cotangent) {
        List<Node> cotangents = new ArrayList<>();
        long start = 0;
        for (Node operand : node.operands()) {
            long length = operand.type().shape().extent(axis);
            cotangents.add(graph.apply(new Slice(axis, start, length, 1), cotangent));
            start += length;
        }
        return List.copyOf(cotangents);
    }

    @Override
    public <T> T lower(Lowering<T> lowering, TensorType type, List<T> operands) {
        return lowering.concat(operands, axis);
    }
}
