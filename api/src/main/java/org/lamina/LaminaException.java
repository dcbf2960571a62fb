package org.lamina;

import org.jspecify.annotations.Nullable;

/**
 * The one exception Lamina throws on purpose. Its message is a fact, its consequence and the next step; {@code docs/errors.md}
 * says more about each {@link #code}.
 */
public final class LaminaException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ErrorCode code;

    /** An error of the given kind. */
    public LaminaException(ErrorCode code, String message) {
        this(code, message, null);
    }

    /** An error of the given kind with what caused it. */
    public LaminaException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** The kind of error, for programs; {@code docs/errors.md} has a section for each. */
    public ErrorCode code() {
        return code;
    }
}
