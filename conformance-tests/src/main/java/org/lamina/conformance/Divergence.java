package org.lamina.conformance;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.lamina.HostArray;
import org.lamina.conformance.Measurement.Mismatch;
import org.lamina.graph.Constant;
import org.lamina.graph.Graph;
import org.lamina.graph.Input;
import org.lamina.graph.Node;
import org.lamina.spi.Engine;

/**
 * The first node of a graph whose value on a backend leaves the derived bound. All nodes before it are right, so the backend
 * computes this one wrongly, or what it computes it from differs by less than can be told.
 *
 * @param node the node
 * @param position its place among the computed nodes of the graph, counted from 1
 * @param count how many there are
 * @param mismatch its worst element
 */
public record Divergence(Node node, int position, int count, Mismatch mismatch) {
    /**
     * Runs a graph with every node as an output.
     *
     * @param inputs one array for each input of the graph
     * @param seed of the random rounding that bounds are derived with
     * @return the first node that is out of bounds; nothing if all are right when they are asked for
     */
    public static Optional<Divergence> find(Engine engine, Graph graph, List<HostArray> inputs, long seed) {
        List<Node> nodes = computed(graph);
        Graph open = Graph.of(graph.inputs(), nodes);
        List<Expected> expected = Tolerance.derive(open, inputs, seed);
        List<HostArray> values = EngineRun.of(engine, open, inputs);
        return IntStream.range(0, nodes.size())
                .mapToObj(i -> Measurement.of(expected.get(i), values.get(i))
                        .mismatch()
                        .map(mismatch -> new Divergence(nodes.get(i), i + 1, nodes.size(), mismatch)))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** What {@link #find} says, as a sentence. */
    public static String describe(Engine engine, Graph graph, List<HostArray> inputs, long seed) {
        try {
            return find(engine, graph, inputs, seed)
                    .map(Divergence::toString)
                    .orElse(
                            computed(graph).size() == 1
                                    ? "it is the only node of its graph"
                                    : "each node of the graph is right when it is asked for, so what differs is how the graph is run: "
                                            + "the values, the batch size or the memory that it is given");
        } catch (RuntimeException | LinkageError e) {
            return "the first node that differs cannot be found, as the graph does not run with all nodes as outputs: "
                    + e;
        }
    }

    /** True if a graph has nodes whose values it does not give. */
    static boolean hasInnerNodes(Graph graph) {
        return !graph.outputs().containsAll(computed(graph));
    }

    private static List<Node> computed(Graph graph) {
        return graph.nodes().stream()
                .filter(node -> !(node.op() instanceof Input || node.op() instanceof Constant))
                .toList();
    }

    /** For example {@code the first node that differs is 3 of 9, matmul(x, weight) float32 (2, 8) in layer 1 (Dense) of ...}. */
    @Override
    public String toString() {
        String operands = node.operands().stream().map(Node::label).collect(Collectors.joining(", "));
        return "the first node that differs is " + position + " of " + count + ", "
                + node.op().kind() + "(" + operands + ") " + node.type()
                + (node.location().isEmpty() ? "" : " in " + node.location()) + ": " + mismatch;
    }
}
