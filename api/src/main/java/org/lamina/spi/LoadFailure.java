package org.lamina.spi;

import org.lamina.ErrorCode;
import org.lamina.LaminaException;

/** What is told of a framework that cannot be loaded. */
public final class LoadFailure {
    private LoadFailure() {}

    /**
     * The error, with the innermost cause in its message: a class that could not be initialized hides it, and so does every later
     * try to load it.
     *
     * @param backend the backend's name
     * @param framework what could not be loaded
     * @param check what to check, as in "Check that ..."
     */
    public static LaminaException of(String backend, String framework, String check, Throwable failure) {
        Throwable innermost = failure;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        return new LaminaException(
                ErrorCode.BACKEND_FAILURE,
                "backend " + backend + ": " + framework + " could not be loaded: " + innermost
                        + ". Nothing can run on it. " + check,
                failure);
    }
}
