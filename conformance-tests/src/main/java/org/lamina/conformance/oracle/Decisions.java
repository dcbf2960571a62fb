package org.lamina.conformance.oracle;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.lamina.DType;
import org.lamina.graph.ArgMax;
import org.lamina.graph.Cast;
import org.lamina.graph.Comparison;
import org.lamina.graph.Op;
import org.lamina.graph.Unary;

/**
 * Ops that jump: comparisons, signs, floors, casts to narrower dtypes, the index of the greatest. Where what decides lies within two
 * deviations of the jump a correct run may come out on either side, and in half of the samples a coin says on which.
 */
final class Decisions {
    private static final OracleLowering PLAIN = new OracleLowering(Precision.PLAIN);
    /** How many deviations from the jump a decision counts as open. */
    private static final double REACH = 2;

    private final double scale;

    /** @param scale how much greater than in a run deviations are */
    Decisions(double scale) {
        this.scale = scale;
    }

    /** True of an op that jumps, applied to floats. */
    static boolean isOne(Op op, Sampled x, OracleTensor result) {
        boolean narrows = op instanceof Cast
                && !(result.isFloating()
                        && Exactness.bits(result.dtype())
                                >= Exactness.bits(x.truth().dtype()));
        return x.truth().isFloating()
                && (op instanceof Comparison
                        || op == Unary.SIGN
                        || op == Unary.FLOOR
                        || op instanceof ArgMax
                        || narrows);
    }

    /** True of a cast of a float that the integer dtype cannot hold, which may give anything. */
    static boolean isFree(Op op, List<Sampled> operands, OracleTensor result) {
        if (!(op instanceof Cast) || !operands.get(0).truth().isFloating() || !isInteger(result.dtype())) {
            return false;
        }
        return Arrays.stream(operands.get(0).truth().reals()).anyMatch(value -> !holds(result.dtype(), value));
    }

    private static double[] extremes(DType dtype) {
        return dtype == DType.INT32
                ? new double[] {Integer.MIN_VALUE, Integer.MAX_VALUE}
                : new double[] {Long.MIN_VALUE, Long.MAX_VALUE};
    }

    private static boolean isInteger(DType dtype) {
        return dtype == DType.INT32 || dtype == DType.INT64;
    }

    private static boolean holds(DType dtype, double value) {
        return Math.abs(value) < (dtype == DType.INT32 ? 0x1p31 : 0x1p63);
    }

    /** For each element what an open decision may come to, besides what samples say; null where it is not open. */
    double[][] open(Op op, OracleTensor result, List<Sampled> operands) {
        if (op instanceof ArgMax argMax) {
            return candidates(argMax, result, operands.get(0));
        }
        double[][] open = new double[result.size()][];
        if (op instanceof Comparison comparison) {
            Sampled difference = difference(operands);
            for (int i = 0; i < open.length; i++) {
                boolean near = isOpen(difference.truth().real(i), difference.rms(i));
                // A sample in which nothing equals the greatest would divide by 0.
                double[] either = comparison == Comparison.EQUAL ? new double[] {1} : new double[] {0, 1};
                open[i] = near ? either : null;
            }
            return open;
        }
        Sampled x = operands.get(0);
        OracleTensor below = op.lower(PLAIN, result.type(), List.of(beside(x, -REACH)));
        OracleTensor above = op.lower(PLAIN, result.type(), List.of(beside(x, REACH)));
        for (int i = 0; i < open.length; i++) {
            double low = below.doubleAt(i);
            double high = above.doubleAt(i);
            double here = result.doubleAt(i);
            boolean near = x.rms(i) > 0 && Double.isFinite(here) && (low != here || high != here);
            boolean free = isInteger(result.dtype())
                    && !holds(result.dtype(), x.truth().real(i));
            open[i] = free ? extremes(result.dtype()) : near ? new double[] {low, high} : null;
        }
        return open;
    }

    private OracleTensor beside(Sampled x, double deviations) {
        return OracleTensor.ofReals(
                x.truth().type(), i -> x.truth().real(i) + (x.rms(i) == 0 ? 0 : deviations * x.rms(i) / scale));
    }

    private boolean isOpen(double distance, double rms) {
        return rms > 0 && Math.abs(distance) < REACH * rms / scale;
    }

    private static Sampled difference(List<Sampled> operands) {
        OracleTensor truth = PLAIN.sub(operands.get(0).truth(), operands.get(1).truth());
        return operands.stream().allMatch(Sampled::isExact)
                ? Sampled.exact(truth)
                : Sampled.of(
                        truth,
                        s -> PLAIN.sub(
                                operands.get(0).sample(s), operands.get(1).sample(s)));
    }

    private double[][] candidates(ArgMax op, OracleTensor result, Sampled x) {
        int[] along = Layout.of(x.truth().shape()).axes(op.axis()).positions();
        int[] others = IntStream.range(0, x.truth().shape().rank())
                .filter(axis -> axis != op.axis())
                .toArray();
        int[] starts = Layout.of(x.truth().shape()).axes(others).positions();
        double[][] open = new double[result.size()][];
        for (int i = 0; i < open.length; i++) {
            int start = starts[i];
            int best = start + along[(int) result.integer(i)];
            double[] near = IntStream.range(0, along.length)
                    .filter(j -> start + along[j] == best || isOpen(x, best, start + along[j]))
                    .asDoubleStream()
                    .toArray();
            open[i] = near.length > 1 ? near : null;
        }
        return open;
    }

    private boolean isOpen(Sampled x, int best, int other) {
        double distance = x.truth().real(best) - x.truth().real(other);
        if (!isOpen(distance, x.rms(best) + x.rms(other))) {
            return false;
        }
        double squares = 0;
        for (int s = 0; s < Sampled.COUNT; s++) {
            double moved = x.deviation(s, best) - x.deviation(s, other);
            squares += moved * moved;
        }
        return isOpen(distance, Math.sqrt(squares / Sampled.COUNT));
    }

    /** A sample in which coins decide what is open. */
    static OracleTensor decide(OracleTensor sample, double[][] open, Noise noise) {
        if (sample.isFloating()) {
            double[] reals = sample.reals().clone();
            IntStream.range(0, reals.length)
                    .filter(i -> open[i] != null && noise.coin(i))
                    .forEach(i -> reals[i] = chosen(open[i], noise, i));
            return OracleTensor.of(sample.type(), reals);
        }
        long[] integers = sample.integers().clone();
        IntStream.range(0, integers.length)
                .filter(i -> open[i] != null && noise.coin(i))
                .forEach(i -> integers[i] = (long) chosen(open[i], noise, i));
        return OracleTensor.of(sample.type(), integers);
    }

    private static double chosen(double[] open, Noise noise, int index) {
        return open[(int) (noise.choice(index) * open.length)];
    }

    static boolean isAnyOpen(double[][] open) {
        return Arrays.stream(open).anyMatch(choices -> choices != null);
    }
}
