package org.lamina.spi;

import java.util.List;

/** A compiled graph. May be run by many threads at once; closed when none runs it any more. */
public interface Executable extends AutoCloseable {
    /**
     * Runs the graph.
     *
     * @param inputs one array for each input of the graph, in order, of its type; where the graph's type is open, all open sizes
     *     are one and the same number. They stay the caller's.
     * @return new arrays, one for each output, which the caller closes; none shares memory with another or with an input
     */
    List<NativeArray> run(List<NativeArray> inputs);

    @Override
    void close();
}
