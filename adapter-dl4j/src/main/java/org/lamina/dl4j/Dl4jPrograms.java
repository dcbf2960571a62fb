package org.lamina.dl4j;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The programs of a graph that nobody runs, by batch size. For many threads. */
final class Dl4jPrograms implements AutoCloseable {
    /** Some tens of megabytes of native contexts. */
    private static final int MOST_STEPS = 1 << 14;

    private static final int MOST_SIZES = 256;

    /** The longest unused batch size first. */
    private final Map<Long, Deque<Dl4jProgram>> unused = new LinkedHashMap<>(16, 0.75f, true);

    private final Set<Long> seen = new LinkedHashSet<>();
    private int steps;
    private boolean closed;

    /** A program for a batch size, which is no other's until it is given back, or null. */
    synchronized @Nullable Dl4jProgram take(long batch) {
        Deque<Dl4jProgram> same = unused.get(batch);
        Dl4jProgram program = same == null ? null : same.poll();
        steps -= program == null ? 0 : program.steps().size();
        return program;
    }

    /** True if a batch size comes again, so that a program of its own is worth while. */
    synchronized boolean comesAgain(long batch) {
        if (!seen.add(batch)) {
            return true;
        }
        if (seen.size() > MOST_SIZES) {
            seen.remove(seen.iterator().next());
        }
        return false;
    }

    /** Takes a program, which is whole and which nobody runs. */
    synchronized void give(long batch, Dl4jProgram program) {
        if (closed) {
            program.close();
            return;
        }
        unused.computeIfAbsent(batch, missing -> new ArrayDeque<>(2)).push(program);
        steps += program.steps().size();
        if (steps > MOST_STEPS) {
            free(MOST_STEPS);
        }
    }

    private void free(int most) {
        Iterator<Deque<Dl4jProgram>> oldest = unused.values().iterator();
        while (steps > most && oldest.hasNext()) {
            Deque<Dl4jProgram> same = oldest.next();
            while (steps > most && !same.isEmpty()) {
                Dl4jProgram program = same.pop();
                steps -= program.steps().size();
                program.close();
            }
            if (same.isEmpty()) {
                oldest.remove();
            }
        }
    }

    /** Frees what nobody runs now, and later what is given back. */
    @Override
    public synchronized void close() {
        closed = true;
        free(-1);
    }
}
