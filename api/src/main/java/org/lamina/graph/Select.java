package org.lamina.graph;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamina.Shape;
import org.lamina.TensorType;

/** The second operand where the first, a bool, is true, else the third; the three broadcast together. */
public record Select() implements Op {
    @Override
    public String kind() {
        return "select";
    }

    @Override
    public TensorType infer(Operands operands) {
        operands.requireBool(0);
        operands.requireSameDtype(1, 2);
        Shape values = operands.broadcast(1, 2);
        String description = operands.describeShape(0) + " and the values are " + values;
        return new TensorType(operands.dtype(1), operands.broadcast(operands.shape(0), values, description));
    }

    @Override
    public List<@Nullable Node> pullback(GraphBuilder graph, Node node, Node cotangent) {
        Node condition = node.operand(0);
        Node zero = graph.scalar(0, cotangent);
        Node chosen = graph.select(condition, cotangent, zero);
        Node other = graph.select(condition, zero, cotangent);
        return Arrays.asList(
                null,
                graph.sumTo(chosen, node.operand(1).type().shape()),
                graph.sumTo(other, node.operand(2).type().shape()));
    }

    @Override
    public <T> T lower(Lowering<T> lowering, TensorType type, List<T> operands) {
        return lowering.select(operands.get(0), operands.get(1), operands.get(2));
    }
}
