package org.lamina.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function of tensors that one framework computes and differentiates by its own means, such as a block of DJL. It is pure: the
 * same operands give the same result. Two functions are the same if they are equal.
 */
public interface NativeFunction {
    /** What messages call it, such as {@code Linear of DJL}. */
    String name();

    /** The names of the backends that compute it. */
    List<String> backends();

    /**
     * The vector-Jacobian product by one operand: a function of all operands and the cotangent of the result, which gives the
     * operand's cotangent. Null if the framework cannot differentiate the function.
     *
     * @param operand the position of a floating operand
     */
    @Nullable
    NativeFunction pullback(int operand);

    /** True if the result's memory is never an operand's, nor part of anything else's. */
    default boolean isFresh() {
        return false;
    }
}
