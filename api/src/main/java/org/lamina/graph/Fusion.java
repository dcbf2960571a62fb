package org.lamina.graph;

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

    /**
     * A graph of the same inputs and outputs, with kernels where they fit. A composite becomes its kernel or its value: once
     * derivatives are taken, its arguments need not be kept for it.
     */
    public static Graph apply(Graph graph, Kernels kernels) {
        Graph plain = withoutComposites(graph, kernels);
        return new Fusion(plain, kernels).each(plain, Fusion::withKernel);
    }

    /** A graph in which each composite is its kernel or its value. */
    static Graph withoutComposites(Graph graph, Kernels kernels) {
        return new Fusion(graph, kernels).each(graph, Fusion::withoutComposite);
    }

    private interface Step {
        Node replace(Fusion fusion, Node node, Map<Node, Node> replaced);
    }

    private Graph each(Graph graph, Step step) {
        Map<Node, Node> fused = new HashMap<>();
        for (Node node : graph.nodes()) {
            fused.put(node, step.replace(this, node, fused));
        }
        return Graph.of(
                graph.inputs(),
                graph.outputs().stream()
                        .map(output -> Objects.requireNonNull(fused.get(output)))
                        .toList());
    }

    private Node withoutComposite(Node node, Map<Node, Node> fused) {
        if (!(node.op() instanceof Composite composite)) {
            return applied(node, node.op(), node.operands(), fused);
        }
        NativeFunction kernel = composite.kernel().kernel(kernels, node.type().dtype());
        List<Node> arguments = node.operands().subList(1, node.operands().size());
        return kernel == null
                ? value(fused, node.operand(0))
                : applied(node, new NativeCall(kernel, node.type()), arguments, fused);
    }

    private Node withKernel(Node node, Map<Node, Node> fused) {
        for (Pattern.Match match : Pattern.matches(node)) {
            NativeFunction kernel = isNeededInside(node, match) ? null : match.kernel(kernels);
            if (kernel != null) {
                return applied(node, new NativeCall(kernel, node.type()), match.operands(), fused);
            }
        }
        return applied(node, node.op(), node.operands(), fused);
    }

    private static Node applied(Node node, Op op, List<Node> operands, Map<Node, Node> fused) {
        List<Node> values =
                operands.stream().map(operand -> value(fused, operand)).toList();
        return op.equals(node.op()) && values.equals(node.operands())
                ? node
                : new Node(node.owner(), node.id(), op, values, node.type(), node.location());
    }

    private static Node value(Map<Node, Node> fused, Node node) {
        return Objects.requireNonNull(fused.get(node));
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
