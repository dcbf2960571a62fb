package org.lamina.conformance;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.conformance.oracle.Oracle;
import org.lamina.conformance.oracle.OracleTensor;
import org.lamina.conformance.oracle.Rounding;
import org.lamina.graph.Graph;

/**
 * How far a correct run may lie from the truth, derived by Monte-Carlo arithmetic: the graph is evaluated several times with
 * random rounding after every op, and the spread around the truth is what rounding alone can do. SPEC.md section 12 has the
 * derivation of the constants.
 */
public final class Tolerance {
    /** How many random evaluations the spread is estimated from. */
    public static final int SAMPLES = 32;

    /**
     * The quantile of Student's distribution with 32 degrees of freedom that one element in 10^10 exceeds, 9.4, halved: random
     * rounding errs twice as much as rounding to nearest.
     */
    public static final double FLOAT32_FACTOR = 4.7;

    /** The same quantile by the square root of 2: the truth is itself a float64 computation, about as far off as the run. */
    public static final double FLOAT64_FACTOR = 6.7;

    private final OracleTensor truth;
    /** For each element the squared deviations in units in the last place, which neither overflow nor vanish. */
    private final double[] squares;

    private final double[] ulps;

    private Tolerance(OracleTensor truth) {
        this.truth = truth;
        this.squares = new double[truth.size()];
        this.ulps = new double[truth.size()];
        Arrays.setAll(ulps, i -> Expected.ulp(truth, i));
    }

    /**
     * What the outputs of a graph must be, within the derived bound.
     *
     * @param seed of the random rounding
     */
    public static List<Expected> derive(Graph graph, List<HostArray> inputs, long seed) {
        List<Tolerance> outputs = new ArrayList<>();
        Oracle.evaluate(graph, inputs, Rounding.none()).forEach(truth -> outputs.add(new Tolerance(truth)));
        for (int i = 0; i < SAMPLES; i++) {
            List<OracleTensor> samples = Oracle.evaluate(graph, inputs, Rounding.random(seed * SAMPLES + i));
            for (int output = 0; output < samples.size(); output++) {
                outputs.get(output).add(samples.get(output));
            }
        }
        return outputs.stream().map(Tolerance::expected).toList();
    }

    /** What the outputs of a graph must be, bit for bit. */
    public static List<Expected> none(Graph graph, List<HostArray> inputs) {
        return Oracle.evaluate(graph, inputs, Rounding.none()).stream()
                .map(Expected::exactly)
                .toList();
    }

    private void add(OracleTensor sample) {
        for (int i = 0; i < squares.length; i++) {
            double deviation = deviation(sample, i);
            squares[i] += deviation * deviation;
        }
    }

    /** In units in the last place; infinite where an integer, NaN or an infinity differs. */
    private double deviation(OracleTensor sample, int index) {
        if (!truth.type().dtype().isFloating()) {
            return sample.longAt(index) == truth.longAt(index) ? 0 : Double.POSITIVE_INFINITY;
        }
        double value = truth.doubleAt(index);
        double other = sample.doubleAt(index);
        if (Double.isFinite(value) && Double.isFinite(other)) {
            return (other - value) / ulps[index];
        }
        return Double.compare(value, other) == 0 ? 0 : Double.POSITIVE_INFINITY;
    }

    private Expected expected() {
        boolean single = truth.type().dtype() == DType.FLOAT32;
        double factor = single ? FLOAT32_FACTOR : FLOAT64_FACTOR;
        // Numbers below the normal ones may be flushed to 0.
        double flushed = single ? Float.MIN_NORMAL : Double.MIN_NORMAL;
        double[] bounds = new double[squares.length];
        for (int i = 0; i < bounds.length; i++) {
            bounds[i] = squares[i] == 0 ? 0 : factor * Math.sqrt(squares[i] / SAMPLES) * ulps[i] + flushed;
        }
        return Expected.within(truth, bounds);
    }
}
