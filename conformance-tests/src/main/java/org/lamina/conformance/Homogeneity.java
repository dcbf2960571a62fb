package org.lamina.conformance;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.lamina.HostArray;
import org.lamina.graph.Binary;
import org.lamina.graph.Broadcast;
import org.lamina.graph.Comparison;
import org.lamina.graph.Composite;
import org.lamina.graph.Concat;
import org.lamina.graph.Constant;
import org.lamina.graph.CumSum;
import org.lamina.graph.Gather;
import org.lamina.graph.Graph;
import org.lamina.graph.MatMul;
import org.lamina.graph.Node;
import org.lamina.graph.Op;
import org.lamina.graph.Pad;
import org.lamina.graph.Reduction;
import org.lamina.graph.Reshape;
import org.lamina.graph.ScatterAdd;
import org.lamina.graph.Select;
import org.lamina.graph.Slice;
import org.lamina.graph.StopGradient;
import org.lamina.graph.Transpose;
import org.lamina.graph.Unary;

/**
 * How the outputs of a graph grow with its floating inputs: as the d-th power of a positive factor, if its ops tell. A linear layer
 * without a bias, or with one that is 0, has degree 1, and so has ReLU. What is no such function, or not known to be one, has none.
 */
final class Homogeneity {
    /** Of zeros, which are what they are times anything. */
    private static final int ANY = Integer.MAX_VALUE;

    private static final int NONE = Integer.MIN_VALUE;

    private final Map<Node, Integer> degrees = new HashMap<>();

    private Homogeneity() {}

    /**
     * The degree of all floating outputs.
     *
     * @param scaled how many of the inputs, from the first, are multiplied
     * @param operands the values of all inputs
     * @return nothing if they have none, or have it only since they do not depend on the inputs
     */
    static OptionalInt of(Graph graph, int scaled, List<HostArray> operands) {
        Homogeneity found = new Homogeneity();
        for (int i = 0; i < operands.size(); i++) {
            boolean grows = i < scaled && operands.get(i).dtype().isFloating();
            found.degrees.put(graph.inputs().get(i), grows ? 1 : ofValue(operands.get(i)));
        }
        graph.nodes().forEach(found::visit);
        List<Integer> outputs = graph.outputs().stream().map(found::of).toList();
        boolean equal = outputs.stream().distinct().count() == 1 && outputs.get(0) != ANY;
        return equal && outputs.get(0) > 0 ? OptionalInt.of(outputs.get(0)) : OptionalInt.empty();
    }

    private static int ofValue(HostArray value) {
        for (int i = 0; i < value.size(); i++) {
            if (value.doubleAt(i) != 0) {
                return 0;
            }
        }
        return ANY;
    }

    private void visit(Node node) {
        if (!degrees.containsKey(node)) {
            degrees.put(node, degree(node.op(), node));
        }
    }

    private int of(Node node) {
        return Objects.requireNonNull(degrees.get(node));
    }

    private int degree(Op op, Node node) {
        if (op instanceof Constant constant) {
            return ofValue(constant.value());
        }
        if (op instanceof Binary || op instanceof MatMul) {
            return product(op, of(node.operand(0)), of(node.operand(1)));
        }
        if (op instanceof Comparison || op instanceof Select || op instanceof Concat) {
            return together(op, node);
        }
        return moves(op) ? of(node.operand(0)) : ofUnknown(node);
    }

    private int product(Op op, int x, int y) {
        if (op == Binary.ADD || op == Binary.SUB || op == Binary.MAX || op == Binary.MIN) {
            return equal(Stream.of(x, y));
        }
        if (x == NONE || y == NONE || op == Binary.POW) {
            return x == 0 && y == 0 ? 0 : NONE;
        }
        if (op == Binary.DIV) {
            return x == ANY || y == ANY ? NONE : x - y;
        }
        return x == ANY || y == ANY ? ANY : x + y;
    }

    /** A comparison of what grows alike does not change; a choice by what does not change is what is chosen. */
    private int together(Op op, Node node) {
        boolean select = op instanceof Select;
        if (select && of(node.operand(0)) != 0 && of(node.operand(0)) != ANY) {
            return NONE;
        }
        int common = equal(node.operands().stream().skip(select ? 1 : 0).map(this::of));
        return op instanceof Comparison && common != NONE ? 0 : common;
    }

    private static int equal(Stream<Integer> degrees) {
        List<Integer> found = degrees.filter(degree -> degree != ANY).distinct().toList();
        return found.isEmpty() ? ANY : found.size() == 1 ? found.get(0) : NONE;
    }

    /** True if a factor of the first operand is one of the result, and the others, such as indices, do not grow. */
    private static boolean moves(Op op) {
        if (op instanceof Reduction reduction) {
            return reduction.reducer() != Reduction.Reducer.PROD;
        }
        if (op instanceof Pad pad) {
            return pad.value() == 0 || Double.isInfinite(pad.value());
        }
        return op == Unary.NEG
                || op == Unary.ABS
                || op instanceof Composite
                || op instanceof Broadcast
                || op instanceof CumSum
                || op instanceof Gather
                || op instanceof Reshape
                || op instanceof ScatterAdd
                || op instanceof Slice
                || op instanceof StopGradient
                || op instanceof Transpose;
    }

    /** Whatever an op does, it gives the same for operands that are the same. */
    private int ofUnknown(Node node) {
        return node.operands().stream().allMatch(operand -> of(operand) == 0 || of(operand) == ANY) ? 0 : NONE;
    }
}
