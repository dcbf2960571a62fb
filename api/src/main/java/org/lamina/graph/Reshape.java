package org.lamina.graph;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamina.ErrorCode;
import org.lamina.Shape;
import org.lamina.TensorType;

/**
 * The same elements in C order in another shape.
 *
 * @param shape as many elements as the operand; an open size stays one open size
 */
public record Reshape(Shape shape) implements Op {
    @Override
    public String kind() {
        return "reshape";
    }

    @Override
    public TensorType infer(Operands operands) {
        Shape x = operands.shape(0);
        long open = open(x);
        if (open != open(shape)) {
            throw operands.error(
                    ErrorCode.BATCH_OPEN,
                    operands.describeShape(0) + " and cannot become " + shape
                            + " for every batch size. Leave one size as -1.");
        }
        if (x.closedSize() != shape.closedSize()) {
            throw operands.error(
                    ErrorCode.SHAPE,
                    operands.describeShape(0) + " with " + x.closedSize() + " elements and " + shape + " has "
                            + shape.closedSize() + "; the numbers must be equal.");
        }
        return new TensorType(operands.dtype(0), shape);
    }

    @Override
    public List<@Nullable Node> pullback(GraphBuilder graph, Node node, Node cotangent) {
        return List.of(graph.reshape(cotangent, node.operand(0).type().shape()));
    }

    @Override
    public <T> T lower(Lowering<T> lowering, TensorType type, List<T> operands) {
        return lowering.reshape(operands.get(0), type.shape());
    }

    private static long open(Shape shape) {
        return Arrays.stream(shape.toArray())
                .filter(size -> size == Shape.BATCH)
                .count();
    }
}
