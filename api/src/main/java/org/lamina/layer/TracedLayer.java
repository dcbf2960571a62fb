package org.lamina.layer;

import java.util.List;
import java.util.Map;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.Node;

/**
 * A layer's forward as a graph.
 *
 * @param graph where more nodes can be made, such as derivatives
 * @param inputs the layer's inputs
 * @param outputs its outputs
 * @param declarations what it declared, by path, in order
 * @param declared the node of each declaration, by path
 * @param aliases other paths of shared declarations, with the path they are declared under
 * @param states the new value of each state that was replaced, by path
 * @param randoms uniform draws to be given, in order
 */
public record TracedLayer(
        GraphBuilder graph,
        List<Node> inputs,
        List<Node> outputs,
        Map<String, Declaration> declarations,
        Map<String, Node> declared,
        Map<String, String> aliases,
        Map<String, Node> states,
        List<Node> randoms) {}
