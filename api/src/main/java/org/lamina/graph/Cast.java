package org.lamina.graph;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.TensorType;

/**
 * The elements in another dtype. Floats round to nearest even; float to integer truncates and is unspecified out of range; to
 * bool is "not zero"; from bool is 0 or 1.
 *
 * @param dtype of the result
 */
public record Cast(DType dtype) implements Op {
    @Override
    public String kind() {
        return "cast";
    }

    @Override
    public TensorType infer(Operands operands) {
        return new TensorType(dtype, operands.shape(0));
    }

    @Override
    public List<@Nullable Node> pullback(GraphBuilder graph, Node node, Node cotangent) {
        DType source = node.operand(0).type().dtype();
        return Collections.singletonList(
                source.isFloating() && dtype.isFloating() ? graph.apply(new Cast(source), cotangent) : null);
    }

    @Override
    public <T> T lower(Lowering<T> lowering, TensorType type, List<T> operands) {
        return lowering.cast(operands.get(0), dtype);
    }
}
