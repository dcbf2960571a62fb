package org.lamina.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Puts a framework's kernels in the place of the ops that they stand for. It is done last, to the graph that is run, so layers
 * and their derivatives know nothing of it. A kernel is used only where nothing else needs what its ops compute on the way.
 */
public final class Fusion {
    private final Map<Node, Integer> uses = new HashMap<>();
    private final Kernels kernels;

    private Fusion(Graph graph, Kernels kernels) {
        this.kernels = kernels;
        graph.outputs().forEach(this::use);
        graph.nodes().forEach(node -> node.operands().forEach(this::use));
    }

    private void use(Node node) {
        uses.merge(node, 1, Integer::sum);
    }

    /** A graph of the same inputs and outputs, with kernels where they fit. */
    public static Graph apply(Graph graph, Kernels kernels) {
        return new Fusion(graph, kernels).fuse(graph);
    }

    private Graph fuse(Graph graph) {
        Map<Node, Node> fused = new HashMap<>();
        for (Node node : graph.nodes()) {
            fused.put(node, fuse(node, fused));
        }
        return Graph.of(
                graph.inputs(),
                graph.outputs().stream()
                        .map(output -> Objects.requireNonNull(fused.get(output)))
                        .toList());
    }

    /** A composite is its value: once derivatives are taken, its arguments need not be kept for it. */
    private Node fuse(Node node, Map<Node, Node> fused) {
        if (node.op() instanceof Composite) {
            return Objects.requireNonNull(fused.get(node.operand(0)));
        }
        Pattern.Match match = Pattern.match(node);
        NativeFunction kernel = match == null || isNeededInside(node, match) ? null : match.kernel(kernels);
        List<Node> operands = new ArrayList<>();
        for (Node operand :
                kernel == null ? node.operands() : Objects.requireNonNull(match).operands()) {
            operands.add(Objects.requireNonNull(fused.get(operand)));
        }
        if (kernel == null && operands.equals(node.operands())) {
            return node;
        }
        Op op = kernel == null ? node.op() : new NativeCall(kernel, node.type());
        return new Node(node.owner(), node.id(), op, List.copyOf(operands), node.type(), node.location());
    }

    /** True if something beside the root, or the user of the graph, needs a value between the root and the operands. */
    private boolean isNeededInside(Node root, Pattern.Match match) {
        Map<Node, Integer> inside = new HashMap<>();
        count(root, new HashSet<>(match.operands()), inside, new HashSet<>());
        return inside.entrySet().stream().anyMatch(entry -> !entry.getValue().equals(uses.get(entry.getKey())));
    }

    /** How often each value between is used by what is between. */
    private static void count(Node node, Set<Node> operands, Map<Node, Integer> inside, Set<Node> seen) {
        for (Node operand : node.operands()) {
            if (!operands.contains(operand) && !(operand.op() instanceof Constant)) {
                inside.merge(operand, 1, Integer::sum);
                if (seen.add(operand)) {
                    count(operand, operands, inside, seen);
                }
            }
        }
    }
}
