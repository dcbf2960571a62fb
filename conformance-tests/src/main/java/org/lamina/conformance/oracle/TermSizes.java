package org.lamina.conformance.oracle;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.lamina.graph.Composite;
import org.lamina.graph.Node;
import org.lamina.graph.Op;
import org.lamina.graph.Reshape;
import org.lamina.graph.Transpose;

/**
 * The sizes of the terms of each sum that an op computes: the sum of their magnitudes, the root of the sum of their squares, and
 * how many are not 0. An op that is linear in each of its operands gives all three from the operands' magnitudes, squares and
 * ones; each magnitude is increased by the deviation that the element has so far.
 */
final class TermSizes {
    private static final OracleLowering PLAIN = new OracleLowering(Precision.PLAIN);

    private final double[] magnitudes;
    private final double[] roots;
    private final double[] counts;
    private final boolean[] open;

    private TermSizes(double[] magnitudes, double[] roots, double[] counts, boolean[] open) {
        this.magnitudes = magnitudes;
        this.roots = roots;
        this.counts = counts;
        this.open = open;
    }

    /** The sum of the terms' magnitudes, for each sum. */
    double[] magnitudes() {
        return magnitudes;
    }

    /** The root of the sum of the terms' squares. */
    double root(int index) {
        return roots[index];
    }

    /** How many terms are not 0. */
    double count(int index) {
        return counts[index];
    }

    /** True if the truth is not finite, and another order of additions may give something else. */
    boolean isOpen(int index) {
        return open[index];
    }

    /** Sums of products of floating operands' elements. */
    interface Evaluation {
        OracleTensor of(List<OracleTensor> operands);
    }

    /** Of an op, applied to operands of which floating ones are factors of the terms. */
    static TermSizes of(Op op, Sampled result, List<Sampled> operands) {
        return of(
                result.truth(),
                operands,
                sizes -> op.lower(PLAIN, result.truth().type(), sizes));
    }

    /** Of a composite, by what its value is made of. */
    static TermSizes ofParts(Node composite, Sampled result, long batch, List<Sampled> operands) {
        List<Node> arguments =
                composite.operands().subList(1, composite.operands().size());
        return of(result.truth(), operands.subList(1, operands.size()), sizes -> {
            Map<Node, OracleTensor> values = new HashMap<>();
            for (int i = 0; i < arguments.size(); i++) {
                put(arguments.get(i), sizes.get(i), batch, values);
            }
            return value(composite.operand(0), batch, values);
        });
    }

    /** With the values that an argument only moves, as two moves one after another were made one. */
    private static void put(Node argument, OracleTensor size, long batch, Map<Node, OracleTensor> values) {
        values.put(argument, size);
        if (argument.op() instanceof Reshape) {
            Node moved = argument.operand(0);
            put(moved, size.reshape(moved.type().bind(batch).shape()), batch, values);
        } else if (argument.op() instanceof Transpose transpose) {
            List<Integer> order = transpose.permutation();
            int[] back = IntStream.range(0, order.size()).map(order::indexOf).toArray();
            put(argument.operand(0), PLAIN.transpose(size, back), batch, values);
        }
    }

    private static OracleTensor value(Node node, long batch, Map<Node, OracleTensor> values) {
        OracleTensor known = values.get(node);
        if (known != null) {
            return known;
        }
        OracleTensor value = node.op() instanceof Composite
                ? value(node.operand(0), batch, values)
                : node.op()
                        .lower(
                                PLAIN,
                                node.type().bind(batch),
                                node.operands().stream()
                                        .map(operand -> value(operand, batch, values))
                                        .toList());
        values.put(node, value);
        return value;
    }

    private static TermSizes of(OracleTensor truth, List<Sampled> operands, Evaluation evaluation) {
        List<OracleTensor> magnitudes =
                operands.stream().map(TermSizes::magnitudes).toList();
        List<OracleTensor> squares = magnitudes.stream()
                .map(x -> x.isFloating() ? Elementwise.map(x, v -> v * v) : x)
                .toList();
        List<OracleTensor> ones = magnitudes.stream()
                .map(x -> x.isFloating() ? Elementwise.map(x, v -> v == 0 ? 0 : 1) : x)
                .toList();
        double[] sums = evaluation.of(magnitudes).reals();
        double[] roots = evaluation.of(squares).reals().clone();
        double[] counts = evaluation.of(ones).reals();
        for (int i = 0; i < roots.length; i++) {
            // Where squares overflow or vanish, the least and the greatest that the root can be.
            roots[i] = Math.min(sums[i], Math.max(Math.sqrt(roots[i]), sums[i] / Math.sqrt(Math.max(1, counts[i]))));
        }
        return new TermSizes(sums, roots, counts, SumOverflow.of(truth, evaluation, operands));
    }

    private static OracleTensor magnitudes(Sampled x) {
        OracleTensor truth = x.truth();
        return truth.isFloating() ? OracleTensor.ofReals(truth.type(), i -> Math.abs(truth.real(i)) + x.rms(i)) : truth;
    }
}
