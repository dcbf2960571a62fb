package org.lamina.conformance;

import java.util.ArrayList;
import java.util.List;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.TensorType;
import org.lamina.graph.Graph;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.Node;

/**
 * A graph around one primitive, and what it is called with.
 *
 * @param rule the number of the rule in SPEC.md
 * @param op the primitive, as SPEC.md names it
 * @param dtype what the primitive works on
 * @param name what is special about this case
 * @param bits true if every output must be the truth rounded once, to the last bit
 * @param inputs the types of the graph's inputs, some perhaps open
 * @param body makes the outputs from the inputs
 * @param calls what the graph is run on, one list of arrays for each call
 */
public record PrimitiveCase(
        String rule,
        String op,
        DType dtype,
        String name,
        boolean bits,
        List<TensorType> inputs,
        Body body,
        List<List<HostArray>> calls) {
    /** Makes a graph's outputs from its inputs. */
    @FunctionalInterface
    public interface Body {
        /** The outputs. */
        List<Node> outputs(GraphBuilder graph, List<Node> inputs);
    }

    /** The graph, made anew. */
    public Graph graph() {
        GraphBuilder builder = new GraphBuilder();
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            nodes.add(builder.input("x" + i, inputs.get(i)));
        }
        return Graph.of(nodes, body.outputs(builder, nodes));
    }

    @Override
    public String toString() {
        return op + " " + dtype + ", " + name;
    }
}
