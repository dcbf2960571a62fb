package org.lamina.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamina.TensorType;

/**
 * A primitive: one op that every backend lowers. Its file holds all that is to be known of it: what it takes and gives, its
 * derivative, and the method of {@link Lowering} that computes it. Two ops are the same if they are equal.
 */
public sealed interface Op
        permits ArgMax,
                Binary,
                Broadcast,
                Cast,
                Comparison,
                Composite,
                Concat,
                Constant,
                Count,
                CumSum,
                Gather,
                Input,
                Logical,
                MatMul,
                NativeCall,
                Pad,
                Reduction,
                Reshape,
                ScatterAdd,
                Select,
                Slice,
                StopGradient,
                Transpose,
                Unary {

    /** The name of the op as SPEC.md writes it. */
    String kind();

    /**
     * The type of the result.
     *
     * @throws org.lamina.LaminaException if the operands do not fit the op
     */
    TensorType infer(Operands operands);

    /**
     * The vector-Jacobian product: for each operand its cotangent, of the operand's type, or null where the result does not
     * depend on it smoothly.
     *
     * @param graph where the new nodes are made
     * @param node the application of this op
     * @param cotangent the cotangent of its result
     */
    List<@Nullable Node> pullback(GraphBuilder graph, Node node, Node cotangent);

    /** Computes the result from the values of the operands by the matching method of the lowering. */
    <T> T lower(Lowering<T> lowering, TensorType type, List<T> operands);
}
