package org.lamina.graph;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;

/**
 * Makes the nodes of one graph. Every op is checked as it is applied, and the same op on the same operands is the same node,
 * so common subexpressions are computed once. For one thread.
 */
public final class GraphBuilder {
    private record Key(Op op, List<Node> operands) {}

    private final Map<Key, Node> nodes = new HashMap<>();
    private final Map<String, Node> inputs = new HashMap<>();
    private final Deque<Frame> frames = new ArrayDeque<>();
    /** Nodes whose author's derivative is being made now. */
    private final Set<Node> inDerivative = new HashSet<>();

    private record Frame(String location, List<Node> inputs) {}

    /**
     * Says which layer the next nodes belong to, until {@link #exit}.
     *
     * @param location such as {@code layer 1 (MyLinear) of Sequential}
     * @param inputs what messages call {@code x} in that layer
     */
    public void enter(String location, List<Node> inputs) {
        frames.push(new Frame(location, inputs));
    }

    /** Goes back to the layer before the last {@link #enter}. */
    public void exit() {
        frames.pop();
    }

    /** An error that ends with the layer it happened in. */
    public LaminaException located(ErrorCode code, String message) {
        return new LaminaException(code, frames.isEmpty() ? message : message + " In " + location() + ".");
    }

    /**
     * A value to be given when the graph runs.
     *
     * @throws LaminaException if the name is taken, or the type has more than 2^31 - 1 elements
     */
    public Node input(String name, TensorType type) {
        try {
            Countable.require(type.shape());
        } catch (LaminaException e) {
            throw located(e.code(), "input " + name + ": " + e.getMessage());
        }
        Node node = node(new Input(name, type), List.of(), type);
        if (inputs.putIfAbsent(name, node) != null) {
            throw located(ErrorCode.NAME, "input " + name + " exists already. Give each input a name of its own.");
        }
        return node;
    }

    /**
     * Applies an op.
     *
     * @return the new node, or an older one of the same value
     * @throws LaminaException if the operands do not fit the op, with the layer in the message
     */
    public Node apply(Op op, Node... operands) {
        return apply(op, List.of(operands));
    }

    /** Applies an op to a list of operands, as {@link #apply(Op, Node...)} does. */
    public Node apply(Op op, List<Node> operands) {
        TensorType type = infer(op, operands);
        Node simpler = Simplification.simplify(this, op, operands, type);
        return simpler != null ? simpler : node(op, operands, type);
    }

    private TensorType infer(Op op, List<Node> operands) {
        for (Node operand : operands) {
            if (operand.owner() != this) {
                throw located(
                        ErrorCode.NAME,
                        op.kind() + ": an operand, " + operand.label()
                                + ", belongs to another call of the layer; tensors live "
                                + "in one call only. Do not keep a tensor in a field; use scope.constant or scope.state.");
            }
        }
        try {
            TensorType type = op.infer(new Operands(
                    op.kind(), operands, operands.stream().map(this::label).toList()));
            Countable.require(type.shape());
            return type;
        } catch (LaminaException e) {
            throw located(e.code(), Objects.requireNonNull(e.getMessage()));
        }
    }

    private Node node(Op op, List<Node> operands, TensorType type) {
        String location = location();
        return nodes.computeIfAbsent(
                new Key(op, List.copyOf(operands)),
                key -> new Node(this, nodes.size(), op, key.operands(), type, location));
    }

    private String location() {
        Frame frame = frames.peek();
        return frame == null ? "" : frame.location;
    }

    private String label(Node node) {
        List<Node> inputs = frames.isEmpty() ? List.of() : frames.element().inputs;
        int index = inputs.indexOf(node);
        return index < 0 ? node.label() : inputs.size() == 1 ? "x" : "x" + index;
    }

    /** A constant. */
    public Node constant(HostArray value) {
        return apply(new Constant(value));
    }

    /** A scalar constant of the dtype of another node. */
    public Node scalar(double value, Node like) {
        return scalar(value, like.type().dtype());
    }

    /** A scalar constant. */
    public Node scalar(double value, DType dtype) {
        return constant(HostArray.full(new TensorType(dtype, Shape.scalar()), value));
    }

    /** -x. */
    public Node neg(Node x) {
        return apply(Unary.NEG, x);
    }

    /** x + y. */
    public Node add(Node x, Node y) {
        return apply(Binary.ADD, x, y);
    }

    /** x - y. */
    public Node sub(Node x, Node y) {
        return apply(Binary.SUB, x, y);
    }

    /** x y. */
    public Node mul(Node x, Node y) {
        return apply(Binary.MUL, x, y);
    }

    /** x / y. */
    public Node div(Node x, Node y) {
        return apply(Binary.DIV, x, y);
    }

    /** x where the condition is true, else y. */
    public Node select(Node condition, Node x, Node y) {
        return apply(new Select(), condition, x, y);
    }

    /** The sum over axes. */
    public Node sum(Node x, List<Integer> axes, boolean keepDims) {
        return apply(new Reduction(Reduction.Reducer.SUM, axes, keepDims), x);
    }

    /** x in another shape. */
    public Node reshape(Node x, Shape shape) {
        return apply(new Reshape(shape), x);
    }

    /** x repeated to a shape. */
    public Node broadcast(Node x, Shape shape) {
        return apply(new Broadcast(shape), x);
    }

    /** The adjoint of broadcasting from a shape: x summed over the axes that broadcasting repeated. */
    public Node sumTo(Node x, Shape shape) {
        Shape from = x.type().shape();
        int extra = from.rank() - shape.rank();
        List<Integer> axes = IntStream.range(0, from.rank())
                .filter(axis -> axis < extra || (shape.extent(axis - extra) == 1 && from.extent(axis) != 1))
                .boxed()
                .toList();
        return reshape(sum(x, axes, false), shape);
    }

    /** The vector-Jacobian product of one output by one node; zeros if the output does not depend on it. */
    public Node pullback(Node output, Node node, Node cotangent) {
        return Differentiation.pullback(this, List.of(output), List.of(cotangent), List.of(node))
                .get(0);
    }

    /** The size of an axis that must be known now. */
    long closed(Node x, int axis) {
        infer(new Slice(axis, 0, 0, 1), List.of(x));
        return x.type().shape().extent(axis);
    }

    /** Says that a node's own derivative is made from now on; false if it already is. */
    boolean beginDerivative(Node node) {
        return inDerivative.add(node);
    }

    /** Ends {@link #beginDerivative}. */
    void endDerivative(Node node) {
        inDerivative.remove(node);
    }

    /** The value of a scalar constant, or null. */
    static @Nullable HostArray scalarValue(Node node) {
        return node.op() instanceof Constant constant
                        && constant.value().shape().rank() == 0
                ? constant.value()
                : null;
    }

    /** All nodes that the outputs need, operands first. */
    static List<Node> reachable(List<Node> outputs) {
        Map<Integer, Node> found = new TreeMap<>();
        Deque<Node> open = new ArrayDeque<>(outputs);
        while (!open.isEmpty()) {
            Node node = open.pop();
            if (found.putIfAbsent(node.id(), node) == null) {
                node.operands().forEach(open::push);
            }
        }
        return new ArrayList<>(found.values());
    }
}
