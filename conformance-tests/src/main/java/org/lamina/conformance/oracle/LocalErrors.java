package org.lamina.conformance.oracle;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.IntToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.graph.Binary;
import org.lamina.graph.Composite;
import org.lamina.graph.CumSum;
import org.lamina.graph.MatMul;
import org.lamina.graph.Node;
import org.lamina.graph.Op;
import org.lamina.graph.Reduction;
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
            return ElementwiseErrors.of(unary, error, result, operands.get(0));
        }
        if (op instanceof Binary binary) {
            return ElementwiseErrors.of(binary, error, result, operands.get(0), operands.get(1));
        }
        if (op instanceof Reduction reduction) {
            return switch (reduction.reducer()) {
                case SUM -> SumErrors.of(op, error, result, operands);
                case MEAN -> SumErrors.ofMeans(reduction, error, result, operands);
                case PROD -> ProductErrors.of(reduction, error, result, operands.get(0));
                case MAX, MIN -> null;
            };
        }
        if (op instanceof MatMul || op instanceof CumSum || op instanceof ScatterAdd) {
            return SumErrors.of(op, error, result, operands);
        }
        // A kernel may add up the terms of a convolution in an order of its own.
        boolean convolution =
                op instanceof Composite composite && composite.kind().startsWith("convolution");
        return convolution && !result.isExact() ? SumErrors.ofParts(node, error, result, operands, batch) : null;
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

    /** The errors of elements whose truth is finite; 0 elsewhere. */
    static double[] fill(Sampled result, IntToDoubleFunction error) {
        return fill(result, i -> false, error);
    }

    /**
     * The errors of elements whose truth is finite; elsewhere infinite or 0.
     *
     * @param open true if something else may come than the truth, which is not finite
     */
    static double[] fill(Sampled result, IntPredicate open, IntToDoubleFunction error) {
        double[] errors = new double[result.truth().size()];
        for (int i = 0; i < errors.length; i++) {
            if (Double.isFinite(result.truth().real(i))) {
                errors[i] = error.applyAsDouble(i);
            } else if (open.test(i)) {
                errors[i] = Double.POSITIVE_INFINITY;
            }
        }
        return errors;
    }
}
