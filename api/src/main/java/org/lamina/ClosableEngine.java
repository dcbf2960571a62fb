package org.lamina;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.lamina.graph.Graph;
import org.lamina.spi.BackendInfo;
import org.lamina.spi.Engine;
import org.lamina.spi.Executable;
import org.lamina.spi.NativeArray;
import org.lamina.spi.NativeDerivatives;

/** A backend's engine, which refuses work once the backend is closed: what frameworks do then differs. */
final class ClosableEngine implements Engine {
    private final Engine engine;
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile boolean closed;

    ClosableEngine(Engine engine) {
        this.engine = engine;
    }

    /** True from {@link #beginClosing} on. */
    boolean isClosing() {
        return closing.get();
    }

    /** From now on no model begins, while calls in flight end; true for the first call alone. */
    boolean beginClosing() {
        return closing.compareAndSet(false, true);
    }

    LaminaException closed() {
        return new LaminaException(
                ErrorCode.CLOSED,
                "the backend " + info().name()
                        + " is closed, so nothing can run on it. Load it again with Backend.load.");
    }

    private Engine open() {
        if (closed) {
            throw closed();
        }
        return engine;
    }

    @Override
    public BackendInfo info() {
        return engine.info();
    }

    @Override
    public NativeArray upload(HostArray array) {
        return open().upload(array);
    }

    @Override
    public Executable compile(Graph graph) {
        return open().compile(graph);
    }

    @Override
    public Optional<NativeDerivatives> nativeDerivatives() {
        return open().nativeDerivatives();
    }

    @Override
    public long openHandles() {
        return engine.openHandles();
    }

    @Override
    public void close() {
        closed = true;
        engine.close();
    }
}
