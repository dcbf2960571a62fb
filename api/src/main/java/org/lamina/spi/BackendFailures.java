package org.lamina.spi;

import java.util.function.Supplier;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;

/** What is told of a framework that cannot be loaded, or that fails while it works, or would. */
public final class BackendFailures {
    private BackendFailures() {}

    /**
     * The error, with the innermost cause in its message: a class that could not be initialized hides it, and so does every later
     * try to load it.
     *
     * @param backend the backend's name
     * @param framework what could not be loaded
     * @param check what to check, as in "Check that ..."
     */
    public static LaminaException loading(String backend, String framework, String check, Throwable failure) {
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

    /** The error of a call into a framework; of its message the first line, as some add a trace of native code. */
    public static LaminaException working(String backend, RuntimeException failure) {
        String message =
                String.valueOf(failure.getMessage()).strip().lines().findFirst().orElse("");
        return new LaminaException(
                ErrorCode.BACKEND_FAILURE,
                "backend " + backend + ": the framework failed while it worked: " + message
                        + ". There is no result, and weights are as they were. If it is memory that is short, give smaller "
                        + "inputs; else report this with the layer and the inputs' shapes.",
                failure);
    }

    /** The error of an array that the system has no memory for, found before a framework is asked that would not bear it. */
    public static LaminaException memory(String backend, long bytes) {
        return new LaminaException(
                ErrorCode.BACKEND_FAILURE,
                "backend " + backend + ": the system has no memory for an array of " + bytes
                        + " bytes. There is no result, and weights are as they were. Give smaller inputs, or the process more "
                        + "memory.");
    }

    /**
     * Does work of a framework's, whose own exceptions have no class in common below this one.
     *
     * @throws LaminaException what the work throws, or {@link #working} of another exception
     */
    public static <R> R reporting(String backend, Supplier<R> work) {
        try {
            return work.get();
        } catch (LaminaException e) {
            throw e;
        } catch (RuntimeException e) {
            throw working(backend, e);
        }
    }
}
