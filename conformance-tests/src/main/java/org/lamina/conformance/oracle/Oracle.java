package org.lamina.conformance.oracle;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.graph.Graph;
import org.lamina.graph.Node;
import org.lamina.spi.Engine;

/** Evaluates graphs on the oracle. */
public final class Oracle {
    private Oracle() {}

    /** The oracle as an engine that rounds at random, in each run anew; for one thread. */
    public static Engine randomlyRounding(long seed) {
        SplittableRandom seeds = new SplittableRandom(seed);
        return new OracleEngine(() -> Rounding.random(seeds.nextLong()));
    }

    /**
     * The outputs of a graph.
     *
     * @param inputs one array for each input of the graph, in order
     */
    public static List<OracleTensor> evaluate(Graph graph, List<HostArray> inputs, Rounding rounding) {
        Map<Node, OracleTensor> values = values(graph, inputs, rounding);
        return graph.outputs().stream().map(values::get).toList();
    }

    /** The value of every node of a graph, and of every input. */
    public static Map<Node, OracleTensor> values(Graph graph, List<HostArray> inputs, Rounding rounding) {
        Map<Node, OracleTensor> values = new HashMap<>();
        for (int i = 0; i < inputs.size(); i++) {
            values.put(graph.inputs().get(i), OracleTensor.of(inputs.get(i)));
        }
        long batch = batch(graph, inputs);
        OracleLowering lowering = new OracleLowering(rounding);
        for (Node node : graph.nodes()) {
            if (!values.containsKey(node)) {
                List<OracleTensor> operands = new ArrayList<>();
                node.operands().forEach(operand -> operands.add(values.get(operand)));
                values.put(node, node.op().lower(lowering, node.type().bind(batch), operands));
            }
        }
        return values;
    }

    /** The number that the open sizes stand for in these inputs. */
    private static long batch(Graph graph, List<HostArray> inputs) {
        for (int i = 0; i < inputs.size(); i++) {
            Shape shape = graph.inputs().get(i).type().shape();
            for (int axis = 0; axis < shape.rank(); axis++) {
                if (shape.extent(axis) == Shape.BATCH) {
                    return inputs.get(i).shape().extent(axis);
                }
            }
        }
        return Shape.BATCH;
    }
}
