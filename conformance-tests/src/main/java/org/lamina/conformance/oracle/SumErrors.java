package org.lamina.conformance.oracle;

import java.util.List;
import org.lamina.graph.Binary;
import org.lamina.graph.Node;
import org.lamina.graph.Op;
import org.lamina.graph.Reduction;
import org.lamina.graph.Reduction.Reducer;

/** The local errors of ops that add up, whatever they add. */
final class SumErrors {
    private SumErrors() {}

    /** Of a composite whose kernel may add up the terms of its parts in an order of its own. */
    static double[] ofParts(Node composite, LocalError error, Sampled result, List<Sampled> operands, long batch) {
        TermSizes sizes = TermSizes.ofParts(composite, result, batch, operands);
        return sums(error, result, sizes, new boolean[result.truth().size()]);
    }

    static double[] of(Op op, LocalError error, Sampled result, List<Sampled> operands) {
        TermSizes sizes = TermSizes.of(op, result, operands);
        return sums(error, result, sizes, exact(op, result, operands, sizes));
    }

    private static boolean[] exact(Op op, Sampled result, List<Sampled> operands, TermSizes sizes) {
        boolean clean = operands.stream().allMatch(Sampled::isExact);
        return clean
                ? Exactness.sums(
                        op, operands, sizes.magnitudes(), result.truth().dtype())
                : new boolean[sizes.magnitudes().length];
    }

    private static double[] sums(LocalError error, Sampled result, TermSizes sizes, boolean[] exact) {
        OracleTensor y = result.truth();
        return LocalErrors.fill(
                result,
                sizes::isOpen,
                i -> exact[i] || (sizes.count(i) < 2 && isSingle(result, i))
                        ? error.ofExactSum(sizes.magnitudes()[i], sizes.count(i))
                        : error.ofSum(size(y, result, i), sizes.magnitudes()[i], sizes.root(i), sizes.count(i)));
    }

    /** The magnitude of a sum, increased by the deviation that it has so far. */
    private static double size(OracleTensor sum, Sampled result, int i) {
        return Math.abs(sum.real(i)) + result.rms(i);
    }

    /** True if a single term was exact, so that the sum is. */
    private static boolean isSingle(Sampled result, int i) {
        return result.rms(i) == 0
                && Exactness.holds(result.truth().dtype(), result.truth().real(i));
    }

    static double[] ofMeans(Reduction mean, LocalError error, Sampled result, List<Sampled> operands) {
        Reduction sum = new Reduction(Reducer.SUM, mean.axes(), mean.keepDims());
        TermSizes sizes = TermSizes.of(sum, result, operands);
        boolean[] exact = exact(sum, result, operands, sizes);
        OracleTensor y = result.truth();
        OracleTensor x = operands.get(0).truth();
        double all = x.size() / (double) Math.max(1, y.size());
        double[] exactSums = sum.lower(new OracleLowering(Precision.PLAIN), y.type(), List.of(x))
                .reals();
        return LocalErrors.fill(
                result,
                sizes::isOpen,
                i -> exact[i]
                                && Exactness.holds(y.dtype(), y.real(i))
                                && Exactness.isExact(Binary.DIV, exactSums[i], all, y.real(i))
                        ? error.ofExact(y.real(i))
                        : error.ofMean(size(y, result, i), sizes.magnitudes()[i], sizes.root(i), sizes.count(i), all));
    }
}
