package org.lamina.layer;

import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;

/** Numbers that a dtype holds: one that would become infinite in it is refused. */
final class Held {
    /** Begins the messages of initializers. */
    static final String INITIALIZER = "initializer";

    private Held() {}

    /**
     * A number of the dtype, before it is rounded.
     *
     * @param what it is, for the message
     * @throws LaminaException DTYPE if the dtype does not hold it
     */
    static double number(double value, DType dtype, String what) {
        if (!dtype.holds(value)) {
            throw new LaminaException(
                    ErrorCode.DTYPE,
                    what + ": " + value + " is no " + dtype
                            + ", which would make it infinite. Give a smaller number, or make the model float64.");
        }
        return value;
    }

    /** An array cast to the dtype. @throws LaminaException DTYPE if a number in it would become infinite */
    static HostArray cast(HostArray values, DType dtype, String what) {
        if (dtype == DType.FLOAT32 && values.dtype() == DType.FLOAT64) {
            for (int i = 0; i < values.size(); i++) {
                number(values.doubleAt(i), dtype, what);
            }
        }
        return values.cast(dtype);
    }
}
