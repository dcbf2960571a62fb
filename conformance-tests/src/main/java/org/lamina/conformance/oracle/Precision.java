package org.lamina.conformance.oracle;

import org.lamina.DType;

/** How precisely an evaluation of a graph computes, whatever the dtypes in it. */
enum Precision {
    /**
     * The truth: float64 everywhere, sums and products as if in twice that precision, with the range of each dtype: overflow gives
     * infinity and values below all subnormals give 0, as they do in a run.
     */
    TWOFOLD,
    /** Float64 throughout, with its own range whatever the dtype: for samples, and for the sizes of terms. */
    PLAIN;

    /** The arithmetic of a floating dtype. */
    Arithmetic of(DType dtype) {
        return new Arithmetic(dtype, this == TWOFOLD);
    }
}
