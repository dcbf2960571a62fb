package org.lamina.spi;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lamina.graph.Binary;
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
import org.lamina.graph.Unary;

/**
 * When the values of a graph may be freed or written over, worked out once. Values are known by their position among the graph's
 * nodes. A value whose op may return a view of its operand keeps the operand alive as long as itself.
 */
public final class Lifetimes {
    private final Map<Node, Integer> positions = new HashMap<>();
    private final boolean[] constant;
    private final boolean[] given;
    private final List<Integer> constants = new ArrayList<>();
    private final List<List<Integer>> released = new ArrayList<>();
    private final boolean[] copied;
    private final int[] overwritten;

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
        overwritten = new int[nodes.size()];
        Arrays.setAll(overwritten, i -> overwritten(nodes.get(i)));
    }

    /** The lifetimes of a graph's values. */
    public static Lifetimes of(Graph graph) {
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

    /** The first operand whose memory nothing needs after an op that works element by element, or -1. */
    private int overwritten(Node node) {
        if (!(node.op() instanceof Unary || node.op() instanceof Binary)) {
            return -1;
        }
        int most = node.op() == Binary.ADD || node.op() == Binary.MUL ? 2 : 1;
        for (int i = 0; i < most; i++) {
            Node operand = node.operand(i);
            boolean ends = releasedAfter(position(node)).contains(position(operand));
            boolean own = !mayBeView(operand.op()) && operand.type().equals(node.type());
            if (ends && own && (node.operands().size() == 1 || !mayBeView(node.operand(1 - i), operand))) {
                return i;
            }
        }
        return -1;
    }

    /** True if a node may be a view of another; its very self is none. */
    private static boolean mayBeView(Node node, Node of) {
        return node != of && mayBeView(node.op()) && (node.operands().contains(of) || mayBeView(node.operand(0), of));
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

    /** The position of a value among the graph's nodes, -1 if nothing needs it. */
    public int position(Node node) {
        return positions.getOrDefault(node, -1);
    }

    /** True if a value depends on constants alone. */
    public boolean isConstant(int index) {
        return constant[index];
    }

    /** True if a value is an input or depends on constants alone. */
    public boolean isGiven(int index) {
        return given[index];
    }

    /** The values that depend on constants alone and that others or the outputs need. */
    public List<Integer> constants() {
        return constants;
    }

    /** The values that nothing needs once this one is computed. */
    public List<Integer> releasedAfter(int index) {
        return released.get(index);
    }

    /** True if an output may share memory with something that lives on. */
    public boolean mustCopy(int output) {
        return copied[output];
    }

    /**
     * Which operand's memory an op that works element by element may write its result over, -1 for none: it is the operand's last
     * use, the operand is of the result's type and no view, and no other operand is a view of it. For x + y and x y it may be the
     * second, for others only the first.
     */
    public int overwritten(int index) {
        return overwritten[index];
    }
}
