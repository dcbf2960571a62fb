package org.lamina.conformance.oracle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.lamina.DType;
import org.lamina.TensorType;
import org.lamina.graph.Binary;
import org.lamina.graph.Broadcast;
import org.lamina.graph.Composite;
import org.lamina.graph.Gather;
import org.lamina.graph.Graph;
import org.lamina.graph.Node;
import org.lamina.graph.Op;
import org.lamina.graph.Slice;
import org.lamina.graph.Transpose;
import org.lamina.graph.Unary;

/**
 * Evaluates a graph many times side by side: once without rounding, and in {@link Sampled#COUNT} samples in each of which the result
 * of every op is moved at random by up to its {@link LocalError}. How far the samples lie from the truth is how far a correct
 * run may. SPEC.md section 12 has the derivation.
 *
 * <p>Samples are float64. That is exact enough beside float32, but not beside float64, whose errors are those of the samples
 * themselves. So a graph of float64 alone is sampled with errors 2^18 times as great, and deviations are divided by that: they
 * are proportional, but where something jumps or bends. There all samples decide as the truth does, and {@link #hasOpenDecisions} tells that a
 * second evaluation, at the true size, has to say what an open decision does.
 *
 * <p>For one thread; the samples are computed on all cores, and are the same on any number of them.
 */
final class Sampling {
    private static final OracleLowering TRUE = new OracleLowering(Precision.TWOFOLD);
    /** 2^-53 becomes 2^-35, far above the rounding of the samples and far below where a function bends. */
    static final double FLOAT64_SCALE = 0x1p18;

    private final boolean enlarged;
    private final OracleLowering lowering;
    private final LocalErrors errors;
    private final Decisions decisions;
    private long seed;
    private boolean open;
    private boolean curved;

    /**
     * @param enlarged true to move float64 results by 2^18 times their error and to leave decisions to the truth
     * @param sequential kinds of composites that are added up one term after another, and from how many terms on
     */
    Sampling(boolean enlarged, Precision precision, long seed, Map<String, Long> sequential) {
        double scale = enlarged ? FLOAT64_SCALE : 1;
        this.enlarged = enlarged;
        this.lowering = new OracleLowering(precision);
        this.errors = new LocalErrors(scale, sequential);
        this.decisions = new Decisions(scale);
        this.seed = Noise.mix(seed);
    }

    /** True if a graph has no float32 in it. */
    static boolean isFloat64(Graph graph) {
        return graph.nodes().stream().noneMatch(node -> node.type().dtype() == DType.FLOAT32);
    }

    /** True if rounding may have decided something otherwise than the truth, which enlarged samples do not show. */
    boolean hasOpenDecisions() {
        return open;
    }

    /** True if samples are so far apart that a function bends between them, so that their deviations say little. */
    boolean isCurved() {
        return curved;
    }

    /** What the deviations of samples are to be divided by. */
    double scale() {
        return enlarged ? FLOAT64_SCALE : 1;
    }

    /**
     * Evaluates a graph.
     *
     * @param each takes the value of every node and input, which is let go after its last use; the samples of those that nothing in
     *     the graph is computed from are not moved last, only their deviations are right
     */
    void run(Graph graph, List<Sampled> inputs, BiConsumer<Node, Sampled> each) {
        run(graph, inputs, uses(graph), each);
    }

    /** The same, with samples of the outputs that others can be computed from. */
    void runFully(Graph graph, List<Sampled> inputs, BiConsumer<Node, Sampled> each) {
        Map<Node, Integer> uses = uses(graph);
        graph.outputs().forEach(output -> uses.merge(output, 1, Integer::sum));
        run(graph, inputs, uses, each);
    }

    private void run(Graph graph, List<Sampled> inputs, Map<Node, Integer> uses, BiConsumer<Node, Sampled> each) {
        Map<Node, Sampled> values = new HashMap<>();
        for (int i = 0; i < inputs.size(); i++) {
            Sampled input = read(inputs.get(i));
            values.put(graph.inputs().get(i), input);
            each.accept(graph.inputs().get(i), input);
        }
        long batch = graph.batch(inputs, input -> input.truth().type());
        for (Node node : graph.nodes()) {
            if (!values.containsKey(node)) {
                List<Sampled> operands =
                        node.operands().stream().map(values::get).toList();
                Sampled value = value(node, batch, operands, uses.containsKey(node));
                values.put(node, value);
                each.accept(node, value);
                release(node, uses, values);
            }
        }
    }

    /** A given value, whose subnormal elements may be read as 0. */
    private Sampled read(Sampled input) {
        double[] local = input.isExact() ? errors.ofInput(input.truth()) : null;
        seed = Noise.mix(seed + 1);
        return local == null || !rounds(local) ? input : moved(input, local, false, false);
    }

    private static Map<Node, Integer> uses(Graph graph) {
        Map<Node, Integer> uses = new HashMap<>();
        graph.nodes().forEach(node -> node.operands().forEach(operand -> uses.merge(operand, 1, Integer::sum)));
        return uses;
    }

    /** A value that nothing needs any more takes 33 times its own size. */
    private static void release(Node node, Map<Node, Integer> uses, Map<Node, Sampled> values) {
        for (Node operand : node.operands()) {
            if (uses.merge(operand, -1, Integer::sum) == 0) {
                values.remove(operand);
            }
        }
    }

    private Sampled value(Node node, long batch, List<Sampled> operands, boolean used) {
        seed = Noise.mix(seed + 1);
        Sampled result = node.op() instanceof Composite ? operands.get(0) : computed(node, batch, operands);
        double[] local = errors.of(node, result, operands, batch);
        if (local == null || !rounds(local)) {
            return result;
        }
        // A composite's value is its first operand's, and an exact one's samples are the truth itself.
        boolean owned = !(node.op() instanceof Composite) && !result.isExact();
        boolean keepsZeros = node.op() instanceof Unary || node.op() instanceof Binary;
        return used ? moved(result, local, owned, keepsZeros) : result.asResult(local);
    }

    private Sampled computed(Node node, long batch, List<Sampled> operands) {
        OracleTensor truth = node.op()
                .lower(
                        TRUE,
                        node.type().bind(batch),
                        operands.stream().map(Sampled::truth).toList());
        boolean free = Decisions.isFree(node.op(), operands, truth);
        if (operands.stream().allMatch(Sampled::isExact) && !free) {
            return Sampled.exact(truth);
        }
        if (Decisions.isOne(node.op(), operands.get(0), truth)) {
            return decided(node, truth, operands);
        }
        if (movesElements(node.op()) && operands.stream().skip(1).allMatch(Sampled::isExact)) {
            int[] origins = origins(node, truth, operands);
            return Sampled.of(truth, s -> operands.get(0).sample(s).at(truth.shape(), origins));
        }
        curved |= enlarged && Curvature.bends(node.op(), operands);
        return Sampled.of(truth, s -> sample(node, truth, operands, s));
    }

    private static boolean movesElements(Op op) {
        return op instanceof Transpose || op instanceof Broadcast || op instanceof Slice || op instanceof Gather;
    }

    /** Where each element of a result comes from, found once for all samples. */
    private int[] origins(Node node, OracleTensor truth, List<Sampled> operands) {
        List<OracleTensor> numbered =
                new ArrayList<>(operands.stream().map(Sampled::truth).toList());
        numbered.set(0, OracleTensor.ofReals(numbered.get(0).type().with(DType.FLOAT64), i -> i));
        TensorType type = truth.type().with(DType.FLOAT64);
        return Arrays.stream(node.op().lower(lowering, type, numbered).reals())
                .mapToInt(origin -> (int) origin)
                .toArray();
    }

    private OracleTensor sample(Node node, OracleTensor truth, List<Sampled> operands, int number) {
        List<OracleTensor> samples =
                operands.stream().map(operand -> operand.sample(number)).toList();
        samples = enlarged ? samples : Poles.met(node.op(), operands, samples, new Noise(seed, number));
        return ranged(node.op().lower(lowering, truth.type(), samples));
    }

    private static OracleTensor ranged(OracleTensor sample) {
        if (sample.dtype() != DType.FLOAT32) {
            return sample;
        }
        for (double value : sample.reals()) {
            if (value != Arithmetic.ranged32(value)) {
                return Elementwise.map(sample, Arithmetic::ranged32);
            }
        }
        return sample;
    }

    private Sampled decided(Node node, OracleTensor truth, List<Sampled> operands) {
        double[][] choices = decisions.open(node.op(), truth, operands);
        open |= Decisions.isAnyOpen(choices);
        if (enlarged) {
            return Sampled.exact(truth);
        }
        return Sampled.of(truth, s -> Decisions.decide(sample(node, truth, operands, s), choices, new Noise(seed, s)));
    }

    /**
     * Moves samples.
     *
     * @param owned true if they may be changed, as nothing else has them
     * @param keepsZeros true if those that are 0 are exact
     */
    private Sampled moved(Sampled result, double[] local, boolean owned, boolean keepsZeros) {
        OracleTensor truth = result.truth();
        int rank = truth.shape().rank();
        int columns = rank == 0 ? 1 : Math.max(1, (int) truth.shape().extent(rank - 1));
        return Sampled.of(truth, s -> {
            double[] reals = result.sample(s).reals();
            double[] sample = owned ? reals : reals.clone();
            new Noise(seed, s).move(sample, truth.reals(), local, columns, keepsZeros);
            return ranged(OracleTensor.of(truth.type(), sample));
        });
    }

    private static boolean rounds(double[] local) {
        for (double error : local) {
            if (error != 0) {
                return true;
            }
        }
        return false;
    }
}
