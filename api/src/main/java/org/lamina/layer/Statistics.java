package org.lamina.layer;

import org.lamina.ErrorCode;

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
        Tensor squares = x.sub(x.mean(true, axes)).square();
        return ddof == 0
                ? squares.mean(keepDims, axes)
                : squares.sum(keepDims, axes).div(x.count(axes).sub(ddof));
    }

    static Tensor logSumExp(Tensor x, boolean keepDims, int... axes) {
        Tensor max = x.max(true, axes).stopGradient();
        // An infinite maximum would give infinity minus infinity; 0 in its place leaves the infinite sum as it is.
        Tensor shift = max.abs().equal(Double.POSITIVE_INFINITY).select(max.scalar(0), max);
        Tensor result = x.sub(shift).exp().sum(true, axes).log().add(shift);
        return keepDims ? result : result.sum(axes);
    }
}
