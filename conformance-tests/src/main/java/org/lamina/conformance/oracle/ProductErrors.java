package org.lamina.conformance.oracle;

import org.lamina.DType;
import org.lamina.graph.Reduction;

/** The local errors of products of many factors. */
final class ProductErrors {
    private ProductErrors() {}

    static double[] of(Reduction op, LocalError error, Sampled result, Sampled x) {
        OracleTensor y = result.truth();
        int[] axes = op.axes().stream().mapToInt(axis -> axis).toArray();
        OracleTensor above = Reductions.reals(x.truth(), axes, false, ProductErrors::productOfGreat);
        OracleTensor below = Reductions.reals(x.truth(), axes, false, ProductErrors::productOfSmall);
        OracleTensor bits = Reductions.reals(x.truth(), axes, false, ProductErrors::bits);
        int count = x.truth().size() / Math.max(1, y.size());
        DType dtype = y.dtype();
        return LocalErrors.fill(result, i -> {
            boolean overflows =
                    dtype == DType.FLOAT32 ? above.real(i) >= Float.MAX_VALUE : !Double.isFinite(above.real(i));
            if (overflows) {
                // In another order the product may overflow in between, and then meet a 0.
                return Double.POSITIVE_INFINITY;
            }
            if (count < 2 || (x.isExact() && (bits.real(i) <= Exactness.bits(dtype) || y.real(i) == 0))) {
                return 0;
            }
            boolean vanishes = below.real(i) < (dtype == DType.FLOAT32 ? Float.MIN_NORMAL : Double.MIN_NORMAL);
            return vanishes && y.real(i) != 0
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
