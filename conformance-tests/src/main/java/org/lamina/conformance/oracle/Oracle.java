package org.lamina.conformance.oracle;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.lamina.HostArray;
import org.lamina.graph.Graph;
import org.lamina.graph.Node;

/** Evaluates graphs on the oracle: the truth, float64 everywhere, float32 results not rounded, sums in about twice float64. */
public final class Oracle {
    private Oracle() {}

    /**
     * The outputs of a graph.
     *
     * @param inputs one array for each input of the graph, in order
     */
    public static List<OracleTensor> evaluate(Graph graph, List<HostArray> inputs) {
        Map<Node, OracleTensor> values = new HashMap<>();
        for (int i = 0; i < inputs.size(); i++) {
            values.put(graph.inputs().get(i), OracleTensor.of(inputs.get(i)));
        }
        long batch = graph.batch(inputs, HostArray::type);
        OracleLowering lowering = new OracleLowering(Precision.TWOFOLD);
        for (Node node : graph.nodes()) {
            if (!values.containsKey(node)) {
                List<OracleTensor> operands = new ArrayList<>();
                node.operands().forEach(operand -> operands.add(values.get(operand)));
                values.put(node, node.op().lower(lowering, node.type().bind(batch), operands));
            }
        }
        return graph.outputs().stream().map(values::get).toList();
    }
}
