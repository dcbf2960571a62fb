package org.lamina.conformance.oracle;

import java.util.Arrays;
import org.lamina.TensorType;

/** A tensor put together from the elements of others. */
final class Assembly {
    private final TensorType type;
    private final double[] reals;
    private final long[] integers;

    /** A tensor with a value everywhere. */
    Assembly(TensorType type, double value) {
        this.type = type;
        int size = Math.toIntExact(type.shape().size());
        reals = new double[type.dtype().isFloating() ? size : 0];
        integers = new long[type.dtype().isFloating() ? 0 : size];
        Arrays.fill(reals, value);
        Arrays.fill(integers, Integers.wrap(type.dtype(), (long) value));
    }

    /** Puts the elements of a tensor, in C order, to flat positions. */
    Assembly put(OracleTensor x, int[] positions) {
        for (int i = 0; i < positions.length; i++) {
            if (x.isFloating()) {
                reals[positions[i]] = x.real(i);
            } else {
                integers[positions[i]] = x.integer(i);
            }
        }
        return this;
    }

    OracleTensor tensor() {
        return type.dtype().isFloating()
                ? OracleTensor.ofReals(type, i -> reals[i])
                : OracleTensor.ofIntegers(type, i -> integers[i]);
    }
}
