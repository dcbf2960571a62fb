package org.lamina.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.lamina.LaminaException;

/**
 * A reader under test.
 *
 * @param name of the target and of the folder of its corpus
 * @param factor what reading may allocate for each byte of input
 */
record Target(String name, int factor, Reading reading) {
    /** What may be allocated however small the input: parsers' buffers, layers' defaults, messages. */
    private static final long BASE = 24 << 20;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final int USUAL_FACTOR = 256;

    Target(String name, Reading reading) {
        this(name, USUAL_FACTOR, reading);
    }

    /**
     * Reads one input; true if it was accepted.
     *
     * @throws AssertionError if a refusal says no next step or memory was used that the input does not account for; whatever else
     *     the reader throws passes through
     */
    boolean accepts(byte[] input, Scratch scratch) {
        long most = BASE + (long) factor * input.length;
        boolean accepted = false;
        long allocated = Long.MAX_VALUE;
        // Loading a class allocates too, and does so once.
        for (int run = 0; run < 2 && allocated > most; run++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            accepted = reads(input, scratch);
            allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        }
        if (allocated > most) {
            throw new AssertionError(name + ": " + input.length + " bytes made it allocate " + allocated);
        }
        return accepted;
    }

    private boolean reads(byte[] input, Scratch scratch) {
        try {
            reading.read(input, scratch);
            return true;
        } catch (LaminaException refused) {
            if (refused.getMessage() == null || !refused.getMessage().contains(". ")) {
                throw new AssertionError(name + ": the refusal says no next step", refused);
            }
            return false;
        }
    }
}
