package org.lamina.conformance.oracle;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.lamina.HostArray;
import org.lamina.graph.Graph;
import org.lamina.graph.Node;

/** An output of a graph and how far rounding moves it, estimated from samples of the whole computation. */
public final class Spread {
    private final OracleTensor truth;
    private final double[] deviations;

    private Spread(OracleTensor truth, double[] deviations) {
        this.truth = truth;
        this.deviations = deviations;
    }

    /** The value without rounding. */
    public OracleTensor truth() {
        return truth;
    }

    /**
     * The root of the mean square deviation of the samples at a flat index: 0 where no op rounds, infinite where rounding decides
     * what an integer is or whether a float is finite.
     */
    public double deviation(int index) {
        return deviations[index];
    }

    /**
     * The outputs of a graph.
     *
     * @param inputs one array for each input of the graph, in order
     * @param seed of the samples
     * @param sequential kinds of composites that are added up one term after another, and from how many terms on
     * @param done takes each node when it is evaluated, some of them twice
     */
    public static List<Spread> of(
            Graph graph, List<HostArray> inputs, long seed, Map<String, Long> sequential, Consumer<Node> done) {
        boolean enlarged = Sampling.isFloat64(graph);
        Sampling first = new Sampling(enlarged, Precision.PLAIN, seed, sequential);
        List<Spread> spreads = outputs(first, graph, inputs, done);
        if (!first.isCurved() && !(enlarged && first.hasOpenDecisions())) {
            return spreads;
        }
        List<Spread> decided = outputs(new Sampling(false, Precision.TWOFOLD, seed, sequential), graph, inputs, done);
        return first.isCurved()
                ? decided
                : IntStream.range(0, spreads.size())
                        .mapToObj(i -> spreads.get(i).orAsFar(decided.get(i)))
                        .toList();
    }

    private static List<Spread> outputs(Sampling sampling, Graph graph, List<HostArray> inputs, Consumer<Node> done) {
        Map<Node, Spread> outputs = new HashMap<>();
        Set<Node> wanted = Set.copyOf(graph.outputs());
        List<Sampled> given = inputs.stream()
                .map(input -> Sampled.exact(OracleTensor.of(input)))
                .toList();
        sampling.run(graph, given, (node, value) -> {
            if (wanted.contains(node)) {
                outputs.put(node, of(value, sampling.scale()));
            }
            done.accept(node);
        });
        List<Spread> spreads = new ArrayList<>();
        graph.outputs().forEach(output -> spreads.add(outputs.get(output)));
        return spreads;
    }

    private static Spread of(Sampled value, double scale) {
        double[] deviations = new double[value.truth().size()];
        for (int i = 0; i < deviations.length; i++) {
            deviations[i] = value.rms(i) / scale;
        }
        return new Spread(value.truth(), deviations);
    }

    /** The greater deviation of each element. */
    private Spread orAsFar(Spread other) {
        double[] greater = new double[deviations.length];
        for (int i = 0; i < greater.length; i++) {
            greater[i] = Math.max(deviations[i], other.deviations[i]);
        }
        return new Spread(truth, greater);
    }

    /**
     * How far rounding moves the sum of (output times weight) over all elements of floating outputs.
     *
     * @param weights one array for each floating output
     */
    public static double ofWeightedSum(Graph graph, List<HostArray> inputs, List<HostArray> weights, long seed) {
        boolean enlarged = Sampling.isFloat64(graph);
        Sampling sampling = new Sampling(enlarged, Precision.PLAIN, seed, Map.of());
        Map<Node, Sampled> values = new HashMap<>();
        List<Sampled> given = inputs.stream()
                .map(input -> Sampled.exact(OracleTensor.of(input)))
                .toList();
        sampling.runFully(graph, given, (node, value) -> {
            if (graph.outputs().contains(node)) {
                values.put(node, value);
            }
        });
        List<Sampled> floating = graph.outputs().stream()
                .filter(output -> output.type().dtype().isFloating())
                .map(values::get)
                .toList();
        double squares = 0;
        for (int s = 0; s < Sampled.COUNT; s++) {
            double moved = 0;
            for (int output = 0; output < floating.size(); output++) {
                for (int i = 0; i < weights.get(output).size(); i++) {
                    moved += floating.get(output).deviation(s, i)
                            * weights.get(output).doubleAt(i);
                }
            }
            squares += moved * moved;
        }
        return Math.sqrt(squares / Sampled.COUNT) / sampling.scale();
    }
}
