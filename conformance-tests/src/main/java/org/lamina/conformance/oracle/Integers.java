package org.lamina.conformance.oracle;

import org.lamina.DType;

/** Two's complement arithmetic in longs. */
final class Integers {
    private Integers() {}

    /** A result brought into the range of its dtype. */
    static long wrap(DType dtype, long value) {
        return dtype == DType.INT32 ? (int) value : value;
    }

    /** An int64 rounded once: by way of a double, a float could be rounded twice. */
    static double toReal(long value, DType dtype) {
        return dtype == DType.FLOAT32 ? (float) value : value;
    }
}
