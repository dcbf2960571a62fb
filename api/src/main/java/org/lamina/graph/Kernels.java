package org.lamina.graph;

import org.jspecify.annotations.Nullable;
import org.lamina.DType;

/**
 * What a framework computes by one kernel and a graph by several ops. A kernel gives what the ops give, of special values and
 * empty tensors too, within the same tolerance; its result is an array of its own. Null stands for a kernel that the framework
 * has not, which is what each method gives unless an adapter says otherwise.
 */
public interface Kernels {
    /** Up to how many terms the framework's kernels are good for; longer sums are computed in blocks. Asked for in every run. */
    default Accumulation accumulation(DType dtype) {
        return Accumulation.ACCURATE;
    }

    /** max(x, 0). */
    default @Nullable NativeFunction relu(DType dtype) {
        return null;
    }

    /** The derivative of max(x, 0): from x or the maximum, and the cotangent, 0 where the first is 0 or less, else the cotangent. */
    default @Nullable NativeFunction reluByInput(DType dtype) {
        return null;
    }

    /** x w + b of matrices x and w and a row b. */
    default @Nullable NativeFunction linear(DType dtype) {
        return null;
    }

    /** max(x w + b, 0) of matrices x and w and a row b. */
    default @Nullable NativeFunction linearRelu(DType dtype) {
        return null;
    }

    /** x (1 + erf(x / sqrt(2))) / 2, NaN where the ops give NaN. */
    default @Nullable NativeFunction gelu(DType dtype) {
        return null;
    }

    /**
     * (x - mean) / sqrt(variance + epsilon) gamma + beta along the last axis of x, which is that of gamma and beta and has the
     * length.
     */
    default @Nullable NativeFunction layerNorm(DType dtype, double epsilon, long length) {
        return null;
    }

    /** The convolution of x (batch, channels, spatial axes) with a weight (filters, channels / groups, kernel). */
    default @Nullable NativeFunction convolution(DType dtype, Convolution convolution) {
        return null;
    }

    /** The cotangent of a convolution's x from its weight and the cotangent of its result; the result's type is x's. */
    default @Nullable NativeFunction convolutionByInput(DType dtype, Convolution convolution) {
        return null;
    }

    /** The cotangent of a convolution's weight from its x and the cotangent of its result; the result's type is the weight's. */
    default @Nullable NativeFunction convolutionByWeight(DType dtype, Convolution convolution) {
        return null;
    }
}
