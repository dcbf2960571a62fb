package org.lamina.graph;

import java.util.List;
import org.lamina.TensorType;

/**
 * One value of a graph: an op applied to operands. Immutable; made by {@link GraphBuilder}, equal only to itself.
 */
public final class Node {
    private final GraphBuilder owner;
    private final int id;
    private final Op op;
    private final List<Node> operands;
    private final TensorType type;
    private final String location;

    Node(GraphBuilder owner, int id, Op op, List<Node> operands, TensorType type, String location) {
        this.owner = owner;
        this.id = id;
        this.op = op;
        this.operands = operands;
        this.type = type;
        this.location = location;
    }

    /** The position in the order of creation; operands come before what uses them. */
    public int id() {
        return id;
    }

    /** The builder that made this node, and the only one that may use it. */
    GraphBuilder owner() {
        return owner;
    }

    /** What computes this value. */
    public Op op() {
        return op;
    }

    /** The values it is computed from. */
    public List<Node> operands() {
        return operands;
    }

    /** The operand at an index. */
    public Node operand(int index) {
        return operands.get(index);
    }

    /** The dtype and shape. */
    public TensorType type() {
        return type;
    }

    /** Where in the layers it was made, such as {@code layer 1 (MyLinear) of Sequential}; empty outside a layer. */
    public String location() {
        return location;
    }

    /** How messages name this value: an input's or parameter's own name, else the op's result. */
    public String label() {
        if (op instanceof Input input) {
            return input.name().substring(input.name().lastIndexOf('.') + 1);
        }
        return op instanceof Constant ? "the constant" : "the result of " + op.kind();
    }

    /** For example {@code %7 = matmul(%3, %5) float32 (N, 8)}. */
    @Override
    public String toString() {
        String arguments = String.join(
                ", ", operands.stream().map(operand -> "%" + operand.id).toList());
        return "%" + id + " = " + op.kind() + "(" + arguments + ") " + type;
    }
}
