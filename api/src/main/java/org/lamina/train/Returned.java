package org.lamina.train;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;

/** Checks what a loss, a clipping or an optimizer of somebody's own returns, before a step is made of it. */
final class Returned {
    private Returned() {}

    /** @throws LaminaException ARGUMENT if it is null */
    static <T> T require(@Nullable T value, String whose) {
        if (value == null) {
            throw new LaminaException(
                    ErrorCode.ARGUMENT,
                    "training: " + whose + " returned null, so there is no step to make. Return a value.");
        }
        return value;
    }

    /**
     * A list of as many values as are needed.
     *
     * @param each what there is one value for
     * @throws LaminaException ARGUMENT if it or a value is null, ARITY if there are more or fewer
     */
    static <T> List<T> requireAll(@Nullable List<T> values, int count, String whose, String each) {
        List<T> given = require(values, whose);
        given.forEach(value -> require(value, "in the list, " + whose));
        if (given.size() != count) {
            throw new LaminaException(
                    ErrorCode.ARITY,
                    "training: " + whose + " returned " + given.size() + " values for " + count + " " + each
                            + ", so there is no step to make; the weights are as they were. Return one for each.");
        }
        return given;
    }
}
