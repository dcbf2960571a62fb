package org.lamina.graph;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
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
        return new Graph(List.copyOf(inputs), List.copyOf(outputs), List.copyOf(nodes));
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
