package org.lamina.graph;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.lamina.ErrorCode;

/**
 * The derivative of one op as a linear function of tangents of its operands. A framework that differentiates this function gets
 * the op's own vector-Jacobian product, whatever it would make of the op itself.
 *
 * @param node the application of the op
 * @param tangents one for each operand, null where the result does not depend on it smoothly
 * @param result the tangent of the op's result, a linear function of the tangents
 * @param nodes what the result needs, operands first, without the op, its operands and the tangents, which are given
 */
public record Linearization(Node node, List<@Nullable Node> tangents, Node result, List<Node> nodes) {
    /**
     * The derivative of an op, or null if its result depends on no operand smoothly. The vector-Jacobian product is linear in the
     * cotangent; its own, by the cotangent, is the derivative.
     *
     * @param graph the graph of the node; nodes are added to it
     * @throws org.lamina.LaminaException if the derivative that an author gave is not linear in the cotangent
     */
    public static @Nullable Linearization of(GraphBuilder graph, Node node) {
        String name = " of %" + node.id();
        Node cotangent = graph.input("cotangent" + name, node.type());
        List<@Nullable Node> parts = node.op().pullback(graph, node, cotangent);
        List<@Nullable Node> tangents = new ArrayList<>();
        List<Node> smooth = new ArrayList<>();
        List<Node> given = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            Node part = parts.get(i);
            Node tangent = part == null
                    ? null
                    : graph.input("tangent " + i + name, node.operand(i).type());
            tangents.add(tangent);
            if (part != null && tangent != null) {
                smooth.add(part);
                given.add(tangent);
            }
        }
        if (smooth.isEmpty()) {
            return null;
        }
        Node result = Differentiation.pullback(graph, smooth, given, List.of(cotangent))
                .get(0);
        return of(graph, node, tangents, result, cotangent);
    }

    /**
     * The derivative of an op, given.
     *
     * @param tangents inputs, one for each operand or null
     * @param result a linear function of them
     */
    public static Linearization of(Node node, List<@Nullable Node> tangents, Node result) {
        return new Linearization(node, Collections.unmodifiableList(tangents), result, between(node, tangents, result));
    }

    private static Linearization of(
            GraphBuilder graph, Node node, List<@Nullable Node> tangents, Node result, Node cotangent) {
        Linearization linearization = of(node, tangents, result);
        if (result == cotangent || linearization.nodes.contains(cotangent)) {
            throw graph.located(
                    ErrorCode.NOT_DIFFERENTIABLE,
                    "the derivative of " + node.op().kind()
                            + " is not linear in the cotangent, so no framework can carry "
                            + "it. Give a vector-Jacobian product, or train with Lamina's own Trainer.");
        }
        return linearization;
    }

    private static List<Node> between(Node node, List<@Nullable Node> tangents, Node result) {
        Set<@Nullable Node> given = new HashSet<>(tangents);
        given.addAll(node.operands());
        given.add(node);
        Map<Integer, Node> found = new TreeMap<>();
        Deque<Node> open = new ArrayDeque<>(List.of(result));
        while (!open.isEmpty()) {
            Node next = open.pop();
            if (!given.contains(next) && found.putIfAbsent(next.id(), next) == null) {
                next.operands().forEach(open::push);
            }
        }
        return List.copyOf(found.values());
    }

    /** True for what depends on the tangents, the result always among it. */
    public Set<Node> dependent() {
        Set<@Nullable Node> dependent = new HashSet<>(tangents);
        Set<Node> found = new HashSet<>();
        for (Node next : nodes) {
            if (next.operands().stream().anyMatch(dependent::contains)) {
                dependent.add(next);
                found.add(next);
            }
        }
        return found;
    }
}
