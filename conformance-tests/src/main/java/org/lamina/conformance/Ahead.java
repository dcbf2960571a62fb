package org.lamina.conformance;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** A value that is worked out while the thread that needs it does something else. */
final class Ahead<T> {
    private final CompletableFuture<T> future;

    Ahead(Supplier<T> work) {
        future = CompletableFuture.supplyAsync(work);
    }

    /** The value, or what working it out threw. */
    T get() {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw e;
        }
    }
}
