package org.lamina.spi;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lamina.graph.Broadcast;
import org.lamina.graph.Cast;
import org.lamina.graph.Composite;
import org.lamina.graph.Concat;
import org.lamina.graph.Constant;
import org.lamina.graph.Graph;
import org.lamina.graph.Input;
import org.lamina.graph.NativeCall;
import org.lamina.graph.Node;
import org.lamina.graph.Op;
import org.lamina.graph.Reshape;
import org.lamina.graph.Slice;
import org.lamina.graph.StopGradient;
import org.lamina.graph.Transpose;

/**
 * When the values of a graph may be freed, worked out once. A value whose op may return a view of its operand keeps the
 * operand alive as long as itself.
 */
final class Lifetimes {
    private final Map<Node, Integer> positions = new HashMap<>();
    private final boolean[] constant;
    private final boolean[] given;
    private final List<Integer> constants = new ArrayList<>();
    private final List<List<Integer>> released = new ArrayList<>();
    private final boolean[] copied;

    private Lifetimes(Graph graph) {
        List<Node> nodes = graph.nodes();
        for (int i = 0; i < nodes.size(); i++) {
            positions.put(nodes.get(i), i);
            released.add(new ArrayList<>());
        }
        constant = new boolean[nodes.size()];
        given = new boolean[nodes.size()];
        copied = new boolean[graph.outputs().size()];
        findConstants(graph);
        findReleases(graph);
        findCopies(graph);
    }

    static Lifetimes of(Graph graph) {
        return new Lifetimes(graph);
    }

    private void findConstants(Graph graph) {
        Set<Node> needed = new HashSet<>(graph.outputs());
        for (Node node : graph.nodes()) {
            int i = position(node);
            boolean folds = node.op() instanceof Constant
                    || (!node.operands().isEmpty() && node.operands().stream().allMatch(x -> constant[position(x)]));
            constant[i] = folds && !node.type().shape().isOpen();
            if (!constant[i]) {
                needed.addAll(node.operands());
            }
            given[i] = constant[i] || node.op() instanceof Input;
        }
        for (int i = 0; i < constant.length; i++) {
            if (constant[i] && needed.contains(graph.nodes().get(i))) {
                constants.add(i);
            }
        }
    }

    private void findReleases(Graph graph) {
        int[] last = new int[graph.nodes().size()];
        Arrays.setAll(last, i -> i);
        for (Node output : graph.outputs()) {
            last[position(output)] = Integer.MAX_VALUE;
        }
        for (int i = last.length - 1; i >= 0; i--) {
            Node node = graph.nodes().get(i);
            for (Node operand : node.operands()) {
                int end = mayBeView(node.op()) ? last[i] : i;
                last[position(operand)] = Math.max(last[position(operand)], end);
            }
        }
        for (int i = 0; i < last.length; i++) {
            if (!given[i] && last[i] != Integer.MAX_VALUE) {
                released.get(last[i]).add(i);
            }
        }
    }

    /** An output is copied if it may share memory with an input, a constant, or a value that is kept or freed elsewhere. */
    private void findCopies(Graph graph) {
        Set<Node> seen = new HashSet<>();
        for (int i = 0; i < copied.length; i++) {
            Node output = graph.outputs().get(i);
            copied[i] = given[position(output)] || mayBeView(output.op()) || !seen.add(output);
        }
    }

    private static boolean mayBeView(Op op) {
        return op instanceof Reshape
                || op instanceof Transpose
                || op instanceof Broadcast
                || op instanceof Slice
                || op instanceof Concat
                || op instanceof Cast
                || op instanceof StopGradient
                || op instanceof Composite
                || (op instanceof NativeCall call && !call.function().isFresh());
    }

    int position(Node node) {
        return positions.getOrDefault(node, -1);
    }

    boolean isConstant(int index) {
        return constant[index];
    }

    boolean isGiven(int index) {
        return given[index];
    }

    List<Integer> constants() {
        return constants;
    }

    List<Integer> releasedAfter(int index) {
        return released.get(index);
    }

    boolean mustCopy(int output) {
        return copied[output];
    }
}
