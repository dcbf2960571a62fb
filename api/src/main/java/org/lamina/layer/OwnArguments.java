package org.lamina.layer;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lamina.graph.Composite;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.Node;

/**
 * The arguments of the layers with a derivative of their own that are being called, the outermost first. Each is a node of its own,
 * so that a derivative of the layer's output by one of them does not go on through what another was computed from.
 */
final class OwnArguments {
    private final GraphBuilder graph;
    private final Deque<Map<Node, Node>> parameters = new ArrayDeque<>();
    private int count;

    OwnArguments(GraphBuilder graph) {
        this.graph = graph;
    }

    /** Begins a call; gives its inputs as arguments. */
    List<Node> begin(List<Node> inputs) {
        parameters.push(new LinkedHashMap<>());
        return inputs.stream().map(this::independent).toList();
    }

    /** Ends the call; gives the parameters that it asked for, as arguments. */
    Collection<Node> end() {
        return parameters.pop().values();
    }

    /** A declared parameter as an argument of all calls that ask for it. */
    Node parameter(Node declared) {
        Node parameter = declared;
        for (Iterator<Map<Node, Node>> calls = parameters.descendingIterator(); calls.hasNext(); ) {
            parameter = calls.next().computeIfAbsent(parameter, this::independent);
        }
        return parameter;
    }

    /** By a name of its own, as the graph makes one node of equal ones. */
    private Node independent(Node node) {
        return node.type().dtype().isFloating()
                ? graph.apply(new Composite("argument " + count++, null), List.of(node))
                : node;
    }
}
