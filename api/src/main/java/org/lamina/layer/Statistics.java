package org.lamina.layer;

import java.util.Arrays;
import org.lamina.ErrorCode;
import org.lamina.Shape;

/** Reductions made of several primitives. */
final class Statistics {
    private Statistics() {}

    static Tensor variance(Tensor x, int ddof, boolean keepDims, int... axes) {
        if (ddof < 0) {
            throw x.graph()
                    .located(
                            ErrorCode.RANGE,
                            "variance: ddof is " + ddof + ". Give 0 for the population's, 1 for the sample's.");
        }
        long elements = elements(x.shape(), axes);
        if (elements < ddof) {
            throw x.graph()
                    .located(
                            ErrorCode.RANGE,
                            "variance: ddof is " + ddof + " and there are " + elements
                                    + " elements, so the divisor would be negative. Give a ddof of at most that.");
        }
        Tensor squares = x.sub(x.mean(true, axes)).square();
        return ddof == 0
                ? squares.mean(keepDims, axes)
                : squares.sum(keepDims, axes).div(x.count(axes).sub(ddof));
    }

    /** How many are reduced together; a great number if that is open. Axes are checked where they are used. */
    private static long elements(Shape shape, int... axes) {
        long elements = 1;
        for (int axis = 0; axis < shape.rank(); axis++) {
            int place = axis;
            boolean reduced = axes.length == 0
                    || Arrays.stream(axes).anyMatch(given -> given == place || given == place - shape.rank());
            if (reduced && shape.extent(axis) == Shape.BATCH) {
                return Long.MAX_VALUE;
            }
            elements *= reduced ? shape.extent(axis) : 1;
        }
        return elements;
    }

    static Tensor logSumExp(Tensor x, boolean keepDims, int... axes) {
        Tensor max = x.max(true, axes).stopGradient();
        // An infinite maximum would give infinity minus infinity; 0 in its place leaves the infinite sum as it is.
        Tensor shift = max.abs().equal(Double.POSITIVE_INFINITY).select(max.scalar(0), max);
        Tensor result = x.sub(shift).exp().sum(true, axes).log().add(shift);
        return keepDims ? result : result.sum(axes);
    }
}
