package org.lamina.graph;

import org.jspecify.annotations.Nullable;
import org.lamina.DType;

/**
 * What a framework computes by one kernel and a graph by several ops. A kernel gives what the ops give, of special values and
 * empty tensors too, within the same tolerance; its result is an array of its own. Null stands for a kernel that the framework
 * has not.
 */
public interface Kernels {
    /** max(x, 0). */
    @Nullable
    NativeFunction relu(DType dtype);

    /** (x - mean) / sqrt(variance + epsilon) gamma + beta along the last axis of x, which is that of gamma and beta. */
    @Nullable
    NativeFunction layerNorm(DType dtype, double epsilon);
}
