package org.lamina.graph;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.TensorType;

/**
 * A function that one framework computes by its own means. It is no primitive: other backends refuse it.
 *
 * @param function what is computed
 * @param type of the result, perhaps with open sizes
 */
public record NativeCall(NativeFunction function, TensorType type) implements Op {
    @Override
    public String kind() {
        return "native[" + function.name() + "]";
    }

    @Override
    public TensorType infer(Operands operands) {
        return type;
    }

    @Override
    public List<@Nullable Node> pullback(GraphBuilder graph, Node node, Node cotangent) {
        List<Node> given = new ArrayList<>(node.operands());
        given.add(cotangent);
        List<@Nullable Node> cotangents = new ArrayList<>();
        for (int i = 0; i < node.operands().size(); i++) {
            TensorType operand = node.operand(i).type();
            cotangents.add(
                    operand.dtype().isFloating()
                            ? graph.apply(new NativeCall(derivative(graph, i), operand), given)
                            : null);
        }
        return cotangents;
    }

    private NativeFunction derivative(GraphBuilder graph, int operand) {
        NativeFunction derivative = function.pullback(operand);
        if (derivative == null) {
            throw graph.located(
                    ErrorCode.NOT_DIFFERENTIABLE,
                    "gradient: the framework cannot differentiate " + function.name()
                            + ", so there is none. Write the layer with Lamina's own ops.");
        }
        return derivative;
    }

    @Override
    public <T> T lower(Lowering<T> lowering, TensorType type, List<T> operands) {
        return lowering.nativeCall(function, type, operands);
    }

    /** What a backend raises that does not compute a function. */
    static LaminaException refused(NativeFunction function) {
        return new LaminaException(
                ErrorCode.BACKEND_CHOICE,
                "native function: this backend cannot compute " + function.name() + ", so there is no result. Use "
                        + String.join(" or ", function.backends()) + ", or write the layer with Lamina's own ops.");
    }
}
