package org.lamina.conformance.oracle;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.Shape;
import org.lamina.graph.Binary;
import org.lamina.graph.Composite;
import org.lamina.graph.CumSum;
import org.lamina.graph.MatMul;
import org.lamina.graph.Node;
import org.lamina.graph.Op;
import org.lamina.graph.Reduction;
import org.lamina.graph.Reduction.Reducer;
import org.lamina.graph.ScatterAdd;
import org.lamina.graph.Unary;

/** The local error of each element of an op's result: 0 where it cannot round, or where the truth is not finite. */
final class LocalErrors {
    private final double scale;
    private final Map<String, Long> sequential;

    /**
     * @param scale how much greater than in a run errors are made
     * @param sequential kinds of composites that are added up one term after another, and from how many terms on
     */
    LocalErrors(double scale, Map<String, Long> sequential) {
        this.scale = scale;
        this.sequential = sequential;
    }

    /**
     * For each element, or null if none rounds.
     *
     * @param result the op on the operands' samples, not moved yet
     */
    double @Nullable [] of(Node node, Sampled result, List<Sampled> operands, long batch) {
        DType dtype = result.truth().dtype();
        if (!dtype.isFloating()) {
            return null;
        }
        Op op = node.op();
        LocalError error = new LocalError(dtype, scale, sequential.getOrDefault(op.kind(), Long.MAX_VALUE));
        if (op instanceof Unary unary) {
            return ofUnary(unary, error, result, operands.get(0));
        }
        if (op instanceof Binary binary) {
            return ofBinary(binary, error, result, operands.get(0), operands.get(1));
        }
        if (op instanceof Reduction reduction) {
            return switch (reduction.reducer()) {
                case SUM -> ofSums(op, error, result, operands);
                case MEAN -> ofMeans(reduction, error, result, operands);
                case PROD -> ofProducts(reduction, error, result, operands.get(0));
                case MAX, MIN -> null;
            };
        }
        if (op instanceof MatMul || op instanceof CumSum || op instanceof ScatterAdd) {
            return ofSums(op, error, result, operands);
        }
        // A kernel may add up the terms of a convolution in an order of its own.
        boolean convolution =
                op instanceof Composite composite && composite.kind().startsWith("convolution");
        return convolution && !result.isExact()
                ? sums(
                        error,
                        result,
                        TermSizes.ofParts(node, batch, operands),
                        new boolean[result.truth().size()])
                : null;
    }

    /** For each element of what is given, or null of integers. */
    double @Nullable [] ofInput(OracleTensor x) {
        if (!x.isFloating()) {
            return null;
        }
        LocalError error = new LocalError(x.dtype(), scale, Long.MAX_VALUE);
        double[] errors = new double[x.size()];
        Arrays.setAll(errors, i -> error.ofExact(x.real(i)));
        return errors;
    }

    private static double[] fill(Sampled result, IntToDoubleFunction error) {
        double[] errors = new double[result.truth().size()];
        for (int i = 0; i < errors.length; i++) {
            errors[i] = Double.isFinite(result.truth().real(i)) ? error.applyAsDouble(i) : 0;
        }
        return errors;
    }

    private static double @Nullable [] ofUnary(Unary op, LocalError error, Sampled result, Sampled x) {
        OracleTensor y = result.truth();
        return switch (op) {
            case NEG, ABS, SIGN, FLOOR, NOT -> null;
            case SQRT -> fill(result, i -> isExactRoot(x, y, i) ? 0 : error.ofArithmetic(y.real(i), result.rms(i)));
            case ERF -> fill(result, i -> isTrivial(op, x, i) ? 0 : error.ofErrorFunction(y.real(i), result.rms(i)));
            default -> fill(result, i -> isTrivial(op, x, i) ? 0 : error.ofFunction(y.real(i), result.rms(i)));
        };
    }

    private static boolean isExactRoot(Sampled x, OracleTensor y, int i) {
        return x.rms(i) == 0
                && Exactness.holds(y.dtype(), y.real(i))
                && Math.fma(-y.real(i), y.real(i), x.truth().real(i)) == 0;
    }

    /** True of e^0 = 1, ln 1 = 0, sin 0 = 0 and their like, which every library gets right. */
    private static boolean isTrivial(Unary op, Sampled x, int i) {
        double value = x.truth().real(i);
        return x.rms(i) == 0 && (value == 0 || (op == Unary.LOG && value == 1));
    }

    private static double @Nullable [] ofBinary(Binary op, LocalError error, Sampled result, Sampled x, Sampled y) {
        if (op == Binary.MAX || op == Binary.MIN) {
            return null;
        }
        OracleTensor z = result.truth();
        int[] ofX = positions(x, z.shape());
        int[] ofY = positions(y, z.shape());
        return fill(result, i -> {
            double a = x.truth().real(ofX[i]);
            double b = y.truth().real(ofY[i]);
            boolean exact = (x.rms(ofX[i]) == 0 && y.rms(ofY[i]) == 0)
                    ? (Exactness.holds(z.dtype(), z.real(i)) && Exactness.isExact(op, a, b, z.real(i)))
                    : isExactBy(op, x.rms(ofX[i]), a, y.rms(ofY[i]), b);
            if (exact) {
                return error.ofExact(z.real(i));
            }
            return switch (op) {
                case DIV -> error.ofQuotient(z.real(i), result.rms(i));
                case POW -> error.ofFunction(z.real(i), result.rms(i));
                default -> error.ofArithmetic(z.real(i), result.rms(i));
            };
        });
    }

    /** True if one operand is exact and lets the other through as it is, or scaled by a power of two. */
    private static boolean isExactBy(Binary op, double rmsOfX, double x, double rmsOfY, double y) {
        return (rmsOfX == 0 && Exactness.isExactWithLeft(op, x)) || (rmsOfY == 0 && Exactness.isExactWithRight(op, y));
    }

    private static int[] positions(Sampled x, Shape shape) {
        return Layout.broadcast(x.truth().shape(), shape).positions();
    }

    private static double[] ofSums(Op op, LocalError error, Sampled result, List<Sampled> operands) {
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
        return fill(
                result,
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

    private static double[] ofMeans(Reduction mean, LocalError error, Sampled result, List<Sampled> operands) {
        Reduction sum = new Reduction(Reducer.SUM, mean.axes(), mean.keepDims());
        TermSizes sizes = TermSizes.of(sum, result, operands);
        boolean[] exact = exact(sum, result, operands, sizes);
        OracleTensor y = result.truth();
        OracleTensor x = operands.get(0).truth();
        double all = x.size() / (double) Math.max(1, y.size());
        double[] exactSums = sum.lower(new OracleLowering(Precision.PLAIN), y.type(), List.of(x))
                .reals();
        return fill(
                result,
                i -> exact[i]
                                && Exactness.holds(y.dtype(), y.real(i))
                                && Exactness.isExact(Binary.DIV, exactSums[i], all, y.real(i))
                        ? error.ofExact(y.real(i))
                        : error.ofMean(size(y, result, i), sizes.magnitudes()[i], sizes.root(i), sizes.count(i), all));
    }

    private static double[] ofProducts(Reduction op, LocalError error, Sampled result, Sampled x) {
        OracleTensor y = result.truth();
        int[] axes = op.axes().stream().mapToInt(axis -> axis).toArray();
        OracleTensor above = Reductions.reals(x.truth(), axes, false, LocalErrors::productOfGreat);
        OracleTensor below = Reductions.reals(x.truth(), axes, false, LocalErrors::productOfSmall);
        OracleTensor bits = Reductions.reals(x.truth(), axes, false, LocalErrors::bits);
        int count = x.truth().size() / Math.max(1, y.size());
        DType dtype = y.dtype();
        return fill(result, i -> {
            if (count < 2 || (x.isExact() && (bits.real(i) <= Exactness.bits(dtype) || y.real(i) == 0))) {
                return 0;
            }
            boolean ordered = dtype == DType.FLOAT32
                    ? above.real(i) >= Float.MAX_VALUE || below.real(i) < Float.MIN_NORMAL
                    : !Double.isFinite(above.real(i)) || below.real(i) < Double.MIN_NORMAL;
            // In another order the product may overflow or vanish in between.
            return ordered && y.real(i) != 0
                    ? Double.POSITIVE_INFINITY
                    : error.ofProduct(y.real(i), result.rms(i), count);
        });
    }

    private static double productOfGreat(double[] factors) {
        double product = 1;
        for (double factor : factors) {
            product *= Math.max(1, Math.abs(factor));
        }
        return product;
    }

    private static double productOfSmall(double[] factors) {
        double product = 1;
        for (double factor : factors) {
            product *= factor == 0 ? 1 : Math.min(1, Math.abs(factor));
        }
        return product;
    }

    private static double bits(double[] factors) {
        double bits = 0;
        for (double factor : factors) {
            bits += Exactness.significantBits(factor);
        }
        return bits;
    }
}
