package org.lamina.graph;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamina.TensorType;

/** The operand itself, whose derivative counts as 0. */
public record StopGradient() implements Op {
    @Override
    public String kind() {
        return "stop_gradient";
    }

    @Override
    public TensorType infer(Operands operands) {
        return new TensorType(operands.dtype(0), operands.shape(0));
    }

    @Override
    public List<@Nullable Node> pullback(GraphBuilder graph, Node node, Node cotangent) {
        return Collections.singletonList(null);
    }

    @Override
    public <T> T lower(Lowering<T> lowering, TensorType type, List<T> operands) {
        return lowering.stopGradient(operands.get(0));
    }
}
