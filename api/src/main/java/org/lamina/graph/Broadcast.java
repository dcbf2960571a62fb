package org.lamina.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamina.ErrorCode;
import org.lamina.Shape;
import org.lamina.TensorType;

/**
 * The operand repeated along axes of size 1 and along new leading axes.
 *
 * @param shape what the operand's shape broadcasts to
 */
public record Broadcast(Shape shape) implements Op {
    @Override
    public String kind() {
        return "broadcast";
    }

    @Override
    public TensorType infer(Operands operands) {
        Shape common =
                operands.broadcast(operands.shape(0), shape, operands.describeShape(0) + " and the shape is " + shape);
        if (!common.equals(shape)) {
            throw operands.error(
                    ErrorCode.SHAPE,
                    operands.describeShape(0) + ", which broadcasts with " + shape + " to " + common
                            + ", not to that shape itself. Give a shape that the operand fits into.");
        }
        return new TensorType(operands.dtype(0), shape);
    }

    @Override
    public List<@Nullable Node> pullback(GraphBuilder graph, Node node, Node cotangent) {
        return List.of(graph.sumTo(cotangent, node.operand(0).type().shape()));
    }

    @Override
    public <T> T lower(Lowering<T> lowering, TensorType type, List<T> operands) {
        return lowering.broadcast(operands.get(0), type.shape());
    }
}
