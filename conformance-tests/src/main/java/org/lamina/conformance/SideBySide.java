package org.lamina.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.lamina.HostArray;

/** Calls one function from several threads, each with inputs of its own, so that inputs that are mixed up are noticed. */
final class SideBySide {
    private static final int THREADS = 4;
    private static final int CALLS = 10;

    private SideBySide() {}

    /** What is wrong, if anything is: some call does not give the bits that it gives alone. */
    static Optional<String> difference(List<HostArray> inputs, UnaryOperator<List<HostArray>> function) {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<Boolean>> equal = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                List<HostArray> own = scaled(inputs, 1.0 / (1 + thread));
                List<HostArray> alone = function.apply(own);
                equal.add(threads.submit(() -> isAlways(alone, own, function)));
            }
            for (int thread = 0; thread < THREADS; thread++) {
                if (!equal.get(thread).get()) {
                    return Optional.of("a call from thread " + thread + " of " + THREADS
                            + " does not give the bits that it gives alone");
                }
            }
            return Optional.empty();
        } catch (ExecutionException e) {
            return Optional.of("a call beside others failed: " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while threads were compared", e);
        } finally {
            threads.shutdownNow();
        }
    }

    private static boolean isAlways(
            List<HostArray> expected, List<HostArray> inputs, UnaryOperator<List<HostArray>> function) {
        for (int i = 0; i < CALLS; i++) {
            if (!function.apply(inputs).equals(expected)) {
                return false;
            }
        }
        return true;
    }

    private static List<HostArray> scaled(List<HostArray> inputs, double factor) {
        return inputs.stream()
                .map(x -> x.dtype().isFloating() ? HostArray.generate(x.type(), i -> factor * x.doubleAt(i)) : x)
                .toList();
    }
}
