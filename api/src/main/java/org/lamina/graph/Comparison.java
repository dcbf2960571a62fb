package org.lamina.graph;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.TensorType;

/** Comparisons of two numeric operands of one dtype, element by element after broadcasting; false where either is NaN. */
public enum Comparison implements Op {
    /** x = y. */
    EQUAL,
    /** x &lt; y. */
    LESS,
    /** x &lt;= y. */
    LESS_EQUAL;

    @Override
    public String kind() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public TensorType infer(Operands operands) {
        operands.requireSameDtype(0, 1);
        operands.requireNumeric(0);
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
        return switch (this) {
            case EQUAL -> lowering.equal(x, y);
            case LESS -> lowering.less(x, y);
            case LESS_EQUAL -> lowering.lessEqual(x, y);
        };
    }
}
