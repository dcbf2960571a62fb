package org.lamina.graph;

import org.jspecify.annotations.Nullable;

/** A framework's kernel as a function. Nothing differentiates it, as it comes in after the derivatives; its result is its own. */
public interface Kernel extends NativeFunction {
    @Override
    default @Nullable NativeFunction pullback(int operand) {
        return null;
    }

    @Override
    default boolean isFresh() {
        return true;
    }
}
