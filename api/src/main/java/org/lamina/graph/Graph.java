package org.lamina.graph;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;

/**
 * A computation: what is given, what is asked for, and only the nodes between them.
 *
 * @param inputs nodes whose op is {@link Input}, in the order in which values are given; some may be unused
 * @param outputs the values asked for
 * @param nodes all nodes the outputs need, operands first
 */
public record Graph(List<Node> inputs, List<Node> outputs, List<Node> nodes) {
    /** The graph between inputs and outputs. Every {@link Input} that an output needs must be listed. */
    public static Graph of(List<Node> inputs, List<Node> outputs) {
        List<Node> nodes = GraphBuilder.reachable(outputs);
        Set<Node> given = new HashSet<>(inputs);
        for (Node node : nodes) {
            if (node.op() instanceof Input input && !given.contains(node)) {
                throw new IllegalArgumentException("input " + input.name() + " is used but not listed");
            }
        }
        requireSizes(inputs, nodes);
        return new Graph(List.copyOf(inputs), List.copyOf(outputs), List.copyOf(nodes));
    }

    /** An open size is that of the inputs' batch. */
    private static void requireSizes(List<Node> inputs, List<Node> nodes) {
        if (inputs.stream().anyMatch(Graph::isOpen)) {
            return;
        }
        nodes.stream().filter(Graph::isOpen).findFirst().ifPresent(open -> {
            throw new LaminaException(
                    ErrorCode.BATCH_OPEN,
                    open.label() + " is " + open.type()
                            + ", and no input has an open size, so nothing tells it. Give a size."
                            + (open.location().isEmpty() ? "" : " In " + open.location() + "."));
        });
    }

    private static boolean isOpen(Node node) {
        return node.type().shape().isOpen();
    }

    /**
     * Checks indices that come from outside, as one out of range would reach native code.
     *
     * @param values of the first inputs
     * @throws LaminaException if an index that is an input is negative or not below the size of its axis
     */
    public void checkIndices(List<HostArray> values) {
        for (int i = 0; i < nodes.size(); i++) {
            Node node = nodes.get(i);
            if (node.op() instanceof Gather gather) {
                checkIndices(values, node, node.operand(0).type().shape().extent(gather.axis()));
            } else if (node.op() instanceof ScatterAdd scatter) {
                checkIndices(values, node, scatter.size());
            }
        }
    }

    private void checkIndices(List<HostArray> values, Node node, long size) {
        int input = inputs.indexOf(node.operand(1));
        if (input < 0 || input >= values.size()) {
            return;
        }
        HostArray indices = values.get(input);
        for (int i = 0; i < indices.size(); i++) {
            long index = indices.longAt(i);
            if (index < 0 || index >= size) {
                throw new LaminaException(
                        ErrorCode.RANGE,
                        node.op().kind() + ": element " + i + " of "
                                + node.operand(1).label() + " is " + index
                                + " and the axis has " + size + " elements; indices go from 0 to " + (size - 1) + "."
                                + (node.location().isEmpty() ? "" : " In " + node.location() + "."));
            }
        }
    }

    /**
     * The size that open ones stand for when some inputs are given, {@link Shape#BATCH} if none is open.
     *
     * @param type of such an input
     * @throws LaminaException EMPTY if it is 0 and an op would have no element to give a result of; SHAPE if a tensor would have
     *     more than 2^31 - 1 elements
     */
    public <T> long batch(List<T> given, Function<? super T, TensorType> type) {
        for (int i = 0; i < given.size(); i++) {
            Shape shape = inputs.get(i).type().shape();
            for (int axis = 0; axis < shape.rank(); axis++) {
                if (shape.extent(axis) == Shape.BATCH) {
                    return checked(type.apply(given.get(i)).shape().extent(axis));
                }
            }
        }
        return Shape.BATCH;
    }

    /**
     * Native code gives NaN for the mean of nothing, or ends the process, so what tracing could not see is checked here; by index, as
     * an iterator is garbage of every call.
     */
    private long checked(long batch) {
        for (int i = 0; i < nodes.size(); i++) {
            Countable.require(nodes.get(i), batch);
        }
        if (batch == 0) {
            nodes.forEach(Graph::requireElements);
        }
        return batch;
    }

    private static void requireElements(Node node) {
        if (node.op() instanceof Reduction || node.op() instanceof ArgMax) {
            GraphBuilder empty = new GraphBuilder();
            TensorType type = node.operand(0).type();
            empty.apply(node.op(), empty.input("x", type.with(type.shape().bind(0))));
        }
    }

    /** The types of the inputs. */
    public List<TensorType> inputTypes() {
        return inputs.stream().map(Node::type).toList();
    }

    /** The types of the outputs. */
    public List<TensorType> outputTypes() {
        return outputs.stream().map(Node::type).toList();
    }

    /** One node a line, for people. */
    @Override
    public String toString() {
        return nodes.stream().map(Node::toString).collect(Collectors.joining("\n"));
    }
}
