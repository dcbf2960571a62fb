package org.lamina.conformance.oracle;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;
import org.lamina.DType;
import org.lamina.graph.Reduction;

/** The local errors of products of many factors. */
final class ProductErrors {
    private final OracleTensor product;
    private final int count;
    private final double[] above;
    private final double[] below;
    private final double[] signs;
    private final double[] bits;
    private final double greatest;
    private final double leastNormal;

    private ProductErrors(Reduction op, OracleTensor product, OracleTensor x) {
        int[] axes = op.axes().stream().mapToInt(axis -> axis).toArray();
        this.product = product;
        count = x.size() / Math.max(1, product.size());
        above = of(x, axes, ProductErrors::productOfGreat);
        below = of(x, axes, ProductErrors::productOfSmall);
        signs = of(SumOverflow.signs(x), axes, factors -> Arrays.stream(factors).reduce(1, (a, b) -> a * b));
        bits = of(x, axes, ProductErrors::bits);
        boolean single = product.dtype() == DType.FLOAT32;
        greatest = single ? Float.MAX_VALUE : Double.MAX_VALUE;
        leastNormal = single ? Float.MIN_NORMAL : Double.MIN_NORMAL;
    }

    private static double[] of(OracleTensor x, int[] axes, ToDoubleFunction<double[]> reducer) {
        return Reductions.reals(x, axes, false, reducer).reals();
    }

    static double[] of(Reduction op, LocalError error, Sampled result, Sampled x) {
        ProductErrors errors = new ProductErrors(op, result.truth(), x.truth());
        return LocalErrors.fill(result, errors::isOpen, i -> {
            if (errors.overflows(i)) {
                return Double.POSITIVE_INFINITY;
            }
            if (errors.count < 2 || (x.isExact() && errors.isExact(i))) {
                return 0;
            }
            return errors.vanishes(i) && result.truth().real(i) != 0
                    ? Double.POSITIVE_INFINITY
                    : error.ofProduct(result.truth().real(i), result.rms(i), errors.count);
        });
    }

    /** True if a product that is infinite in truth may be NaN, as an infinity meets a 0 that small factors have come to, or finite. */
    private boolean isOpen(int i) {
        return !Double.isNaN(signs[i]) && (vanishes(i) || above[i] * below[i] < SumOverflow.NEAR * greatest);
    }

    /** True if in some order the product overflows in between, and may then meet a 0. */
    private boolean overflows(int i) {
        return !(above[i] < greatest);
    }

    private boolean vanishes(int i) {
        return below[i] < leastNormal;
    }

    private boolean isExact(int i) {
        return bits[i] <= Exactness.bits(product.dtype()) || product.real(i) == 0;
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
