package org.lamina.spi;

import java.util.Optional;
import org.lamina.HostArray;
import org.lamina.graph.Graph;

/** One loaded framework: it moves arrays and compiles graphs. All methods may be called from many threads. */
public interface Engine extends AutoCloseable {
    /** What it is. */
    BackendInfo info();

    /** Copies an array into native memory; the caller closes it. */
    NativeArray upload(HostArray array);

    /** Makes a graph ready to run; the caller closes it. */
    Executable compile(Graph graph);

    /** The framework's own differentiation, if it has one. */
    default Optional<NativeDerivatives> nativeDerivatives() {
        return Optional.empty();
    }

    /**
     * How many native objects of the framework this JVM has open: arrays, and what graphs run in. When all models, arrays and
     * executables are closed it is what it was before, which tests hold it to.
     */
    default long openHandles() {
        return 0;
    }

    /** Frees what the engine itself holds. Arrays and executables are closed before by who made them. */
    @Override
    void close();
}
