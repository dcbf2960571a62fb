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

    /** A vector-Jacobian product given by an author. */
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
        @Nullable Node[] cotangents = new Node[node.operands().size()];
        if (derivative == null) {
            cotangents[0] = cotangent;
            return Arrays.asList(cotangents);
        }
        List<Node> arguments = node.operands().subList(1, node.operands().size());
        List<Node> own = derivative.pullback(graph, arguments, node, cotangent);
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
