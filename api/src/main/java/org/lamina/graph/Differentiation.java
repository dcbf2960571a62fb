package org.lamina.graph;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lamina.ErrorCode;

/**
 * Reverse-mode differentiation as a transformation of the graph: it adds the nodes of the vector-Jacobian product, made of the
 * same primitives. So it can be applied to its own result for higher derivatives.
 */
public final class Differentiation {
    private Differentiation() {}

    /**
     * The gradients of sum over outputs of (output times cotangent) by some nodes; zeros by one that no output depends on.
     *
     * @param cotangents one for each output, of its type
     * @param by floating nodes of the graph, usually inputs
     * @return one node for each of {@code by}, of its type
     * @throws org.lamina.LaminaException if a node to differentiate by is not floating
     */
    public static List<Node> pullback(GraphBuilder graph, List<Node> outputs, List<Node> cotangents, List<Node> by) {
        for (Node node : by) {
            if (!node.type().dtype().isFloating()) {
                throw graph.located(
                        ErrorCode.NOT_DIFFERENTIABLE,
                        "gradient: " + node.label() + " is " + node.type().dtype()
                                + ", which has no derivative. Ask only for "
                                + "gradients by float32 or float64 tensors.");
            }
        }
        Map<Node, Node> accumulated = new HashMap<>();
        for (int i = 0; i < outputs.size(); i++) {
            accumulate(graph, accumulated, outputs.get(i), cotangents.get(i));
        }
        propagate(graph, GraphBuilder.reachable(outputs), new HashSet<>(by), accumulated);
        return by.stream()
                .map(node -> accumulated.getOrDefault(node, zeros(graph, node)))
                .toList();
    }

    private static void propagate(GraphBuilder graph, List<Node> nodes, Set<Node> by, Map<Node, Node> accumulated) {
        Set<Node> dependent = dependent(nodes, by);
        for (int i = nodes.size() - 1; i >= 0; i--) {
            Node node = nodes.get(i);
            Node cotangent = accumulated.get(node);
            if (cotangent != null && node.operands().stream().anyMatch(dependent::contains)) {
                List<@Nullable Node> parts = parts(graph, node, cotangent);
                for (int operand = 0; operand < parts.size(); operand++) {
                    Node part = parts.get(operand);
                    if (part != null && dependent.contains(node.operand(operand))) {
                        accumulate(graph, accumulated, node.operand(operand), part);
                    }
                }
            }
        }
    }

    /** The new nodes belong to the derivative of this one, so that messages and reports can say where they come from. */
    private static List<@Nullable Node> parts(GraphBuilder graph, Node node, Node cotangent) {
        graph.enter(
                "the derivative of " + node.op().kind() + (node.location().isEmpty() ? "" : " in " + node.location()),
                List.of());
        try {
            return node.op().pullback(graph, node, cotangent);
        } finally {
            graph.exit();
        }
    }

    private static Set<Node> dependent(List<Node> nodes, Set<Node> by) {
        Set<Node> dependent = new HashSet<>(by);
        for (Node node : nodes) {
            if (node.operands().stream().anyMatch(dependent::contains)) {
                dependent.add(node);
            }
        }
        return dependent;
    }

    private static void accumulate(GraphBuilder graph, Map<Node, Node> accumulated, Node node, Node part) {
        if (node.type().dtype().isFloating()) {
            accumulated.merge(node, part, graph::add);
        }
    }

    private static Node zeros(GraphBuilder graph, Node node) {
        return graph.broadcast(graph.scalar(0, node), node.type().shape());
    }
}
