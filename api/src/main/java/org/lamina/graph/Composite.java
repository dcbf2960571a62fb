package org.lamina.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.TensorType;

/**
 * A named function of tensors that carries its own decomposition: the first operand is the value computed from primitives, the
 * others are the arguments it was computed from. Its value is that of the first operand. A backend with a native kernel of
 * this name may compute the value from the arguments instead; a derivative given here replaces that of the decomposition.
 *
 * @param kind the function's name and configuration, such as {@code softmax[axis=1]}
 * @param derivative its own vector-Jacobian product, or null for that of the decomposition
 * @param kernel how a framework is asked for a kernel that computes it from the arguments
 */
public record Composite(String kind, @Nullable Derivative derivative, KernelChoice kernel) implements Op {
    /** One of a framework's kernels, which takes the arguments and gives the value. */
    @FunctionalInterface
    public interface KernelChoice {
        /** The kernel for tensors of a dtype, or null if there is none. */
        @Nullable
        NativeFunction kernel(Kernels kernels, DType dtype);
    }

    /** A function that no framework has a kernel for. */
    public Composite(String kind, @Nullable Derivative derivative) {
        this(kind, derivative, (kernels, dtype) -> null);
    }

    /**
     * A vector-Jacobian product given by an author. Where it differentiates the value itself, that is by the decomposition's
     * derivative.
     */
    @FunctionalInterface
    public interface Derivative {
        /** The cotangents of the arguments, each of its argument's type; an empty list entry is not allowed. */
        List<Node> pullback(GraphBuilder graph, List<Node> arguments, Node value, Node cotangent);
    }

    @Override
    public TensorType infer(Operands operands) {
        return new TensorType(operands.dtype(0), operands.shape(0));
    }

    @Override
    public List<@Nullable Node> pullback(GraphBuilder graph, Node node, Node cotangent) {
        // A derivative may ask for that of its own value, as to limit it; there it is the one of the decomposition.
        if (derivative == null || !graph.beginDerivative(node)) {
            @Nullable Node[] cotangents = new Node[node.operands().size()];
            cotangents[0] = cotangent;
            return Arrays.asList(cotangents);
        }
        try {
            return checked(graph, node, derivative.pullback(graph, arguments(node), node, cotangent));
        } finally {
            graph.endDerivative(node);
        }
    }

    private static List<Node> arguments(Node node) {
        return node.operands().subList(1, node.operands().size());
    }

    private List<@Nullable Node> checked(GraphBuilder graph, Node node, List<Node> own) {
        List<Node> arguments = arguments(node);
        List<TensorType> expected = arguments.stream().map(Node::type).toList();
        if (!own.stream().map(Node::type).toList().equals(expected)) {
            throw graph.located(
                    ErrorCode.SHAPE,
                    "the derivative of " + kind + " gave "
                            + own.stream().map(Node::type).toList() + " for arguments " + expected
                            + ". Give one cotangent of its argument's type for each argument.");
        }
        List<@Nullable Node> all = new ArrayList<>();
        all.add(null);
        all.addAll(own);
        return all;
    }

    @Override
    public <T> T lower(Lowering<T> lowering, TensorType type, List<T> operands) {
        return operands.get(0);
    }
}
