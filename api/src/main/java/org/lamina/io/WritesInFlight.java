package org.lamina.io;

import java.util.concurrent.TimeUnit;

/**
 * Lets a JVM that is told to end, as by Ctrl-C, finish the writes in flight first, as it would run no {@code finally} and leave
 * their temporary files.
 */
final class WritesInFlight {
    /** A write may hang, as on a network's disk, and the JVM must end all the same. */
    private static final long LONGEST_WAIT = TimeUnit.SECONDS.toMillis(10);
    /**
     * What begins to write in a JVM that ends is either cut off soon, and better before it begins; or it is a shutdown hook, for
     * which the JVM waits.
     */
    private static final long HESITATION = TimeUnit.SECONDS.toMillis(2);

    private static int inFlight;
    private static boolean ending;

    static {
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(WritesInFlight::finish, "lamina-writes-in-flight"));
        } catch (IllegalStateException alreadyEnding) {
            ending = true;
        }
    }

    private WritesInFlight() {}

    static void run(Runnable write) {
        boolean counted = begin();
        if (!counted) {
            pause();
        }
        try {
            write.run();
        } finally {
            if (counted) {
                end();
            }
        }
    }

    private static synchronized boolean begin() {
        if (!ending) {
            inFlight++;
        }
        return !ending;
    }

    private static synchronized void end() {
        inFlight--;
        WritesInFlight.class.notifyAll();
    }

    private static synchronized void finish() {
        ending = true;
        long deadline = System.currentTimeMillis() + LONGEST_WAIT;
        try {
            for (long left = LONGEST_WAIT; inFlight > 0 && left > 0; left = deadline - System.currentTimeMillis()) {
                WritesInFlight.class.wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(HESITATION);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
