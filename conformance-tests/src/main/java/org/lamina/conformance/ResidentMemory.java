package org.lamina.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Finds native memory that is taken and not freed, by the resident memory of the process. Pools that fill up, the heap and other
 * threads make it grow too, but a leak alone makes it grow in one round after another. Known on Linux only; elsewhere nothing is found.
 */
final class ResidentMemory {
    /** Calls in a round. */
    static final int CALLS = 200;

    /** What a leak takes in each of {@link #CALLS} calls at least for it to be found. */
    static final int LEAST_BYTES = 64 << 10;

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final int ROUNDS = 10;
    /** One may be a heap that shrinks while memory leaks. */
    private static final int STEADY_ROUNDS = 2;

    private static final long ALLOWED_KIBIBYTES = (long) CALLS * LEAST_BYTES / 1024 / 2;
    private static final int MILLISECONDS_TO_FREE = 50;

    private ResidentMemory() {}

    /** What is wrong after many calls, if anything is. */
    static Optional<String> leak(Runnable call) {
        if (!Files.isReadable(STATUS)) {
            return Optional.empty();
        }
        int steady = 0;
        long before = after(call);
        for (int round = 0; round < ROUNDS; round++) {
            long now = after(call);
            steady += now - before < ALLOWED_KIBIBYTES ? 1 : 0;
            if (steady == STEADY_ROUNDS) {
                return Optional.empty();
            }
            before = now;
        }
        return Optional.of("%d of %d rounds of %d calls leave more than %d KiB of resident memory behind"
                .formatted(ROUNDS - steady, ROUNDS, CALLS, ALLOWED_KIBIBYTES));
    }

    private static long after(Runnable call) {
        for (int i = 0; i < CALLS; i++) {
            call.run();
        }
        System.gc();
        try {
            // For the frameworks' threads that free what was collected.
            Thread.sleep(MILLISECONDS_TO_FREE);
            return kibibytes();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while memory was measured", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long kibibytes() throws IOException {
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith("VmRSS"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
