package org.lamina.graph;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.TensorType;

/** Ops of two bool operands, element by element after broadcasting. */
public enum Logical implements Op {
    /** True where both are. */
    AND,
    /** True where either is. */
    OR;

    @Override
    public String kind() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public TensorType infer(Operands operands) {
        operands.requireBool(0);
        operands.requireBool(1);
        return new TensorType(DType.BOOL, operands.broadcast(0, 1));
    }

    @Override
    public List<@Nullable Node> pullback(GraphBuilder graph, Node node, Node cotangent) {
        return Arrays.asList(null, null);
    }

    @Override
    public <T> T lower(Lowering<T> lowering, TensorType type, List<T> operands) {
        T x = operands.get(0);
        T y = operands.get(1);
        return this == AND ? lowering.and(x, y) : lowering.or(x, y);
    }
}
