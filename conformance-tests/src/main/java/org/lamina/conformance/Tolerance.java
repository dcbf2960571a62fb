package org.lamina.conformance;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.conformance.oracle.Oracle;
import org.lamina.conformance.oracle.Spread;
import org.lamina.graph.Graph;
import org.lamina.graph.Node;

/**
 * How far a correct run may lie from the truth: the graph is evaluated in samples, in each of which every op errs at random as a
 * good algorithm of its class may, and the spread of the samples around the truth is what rounding can do. SPEC.md section 12 has
 * the formulas, docs/bounds.md derives them.
 */
public final class Tolerance {
    /** The bound in units of the deviation of the samples, which is a quarter of the local error of a single op. */
    public static final double FACTOR = 4;

    private Tolerance() {}

    /**
     * What the outputs of a graph must be, within the derived bound.
     *
     * @param seed of the samples
     */
    public static List<Expected> derive(Graph graph, List<HostArray> inputs, long seed) {
        return derive(graph, inputs, seed, Map.of());
    }

    /** The same, where ops of some kinds add up one term after another from so many terms on. */
    static List<Expected> derive(Graph graph, List<HostArray> inputs, long seed, Map<String, Long> sequential) {
        return derive(graph, inputs, seed, sequential, node -> {});
    }

    /**
     * The same.
     *
     * @param done takes each node when it is evaluated, some of them twice
     */
    static List<Expected> derive(
            Graph graph, List<HostArray> inputs, long seed, Map<String, Long> sequential, Consumer<Node> done) {
        return Spread.of(graph, inputs, seed, sequential, done).stream()
                .map(Tolerance::expected)
                .toList();
    }

    /** What the outputs of a graph must be, bit for bit. */
    public static List<Expected> none(Graph graph, List<HostArray> inputs) {
        return Oracle.evaluate(graph, inputs).stream().map(Expected::exactly).toList();
    }

    private static Expected expected(Spread spread) {
        // Numbers below the normal ones may be flushed to 0.
        double flushed = spread.truth().type().dtype() == DType.FLOAT32 ? Float.MIN_NORMAL : Double.MIN_NORMAL;
        double[] bounds = new double[spread.truth().size()];
        for (int i = 0; i < bounds.length; i++) {
            double deviation = spread.deviation(i);
            bounds[i] = deviation == 0 ? 0 : FACTOR * deviation + flushed;
        }
        return Expected.within(spread.truth(), bounds);
    }
}
