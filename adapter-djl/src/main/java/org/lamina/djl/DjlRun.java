package org.lamina.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.concurrent.atomic.AtomicLong;
import org.lamina.TensorType;
import org.lamina.graph.Lowering;
import org.lamina.spi.EagerRun;
import org.lamina.spi.NativeArray;

/** The native memory of one call: a manager of its own, closed with all that ops left in it. */
final class DjlRun implements EagerRun<NDArray> {
    private static final AtomicLong OPEN = new AtomicLong();

    private final String backend;
    private final NDManager manager;
    private final DjlLowering lowering;
    private final boolean mxnet;

    DjlRun(String backend, NDManager manager, boolean mxnet) {
        OPEN.incrementAndGet();
        this.backend = backend;
        this.manager = manager;
        this.mxnet = mxnet;
        this.lowering = new DjlLowering(manager, mxnet);
    }

    NDManager manager() {
        return manager;
    }

    /** How many are not closed yet. */
    static long open() {
        return OPEN.get();
    }

    @Override
    public String backend() {
        return backend;
    }

    @Override
    public Lowering<NDArray> lowering() {
        return lowering;
    }

    /** A view of the array that belongs to this run: an op's result belongs to its first operand's manager. */
    @Override
    public NDArray unwrap(NativeArray array) {
        return array instanceof DjlSymbolArray own ? own.view(manager) : ((DjlScriptArray) array).view(manager);
    }

    @Override
    public void release(NDArray array) {
        array.close();
    }

    @Override
    public NativeArray keep(NDArray array, TensorType type) {
        return mxnet ? DjlSymbolArray.of(type, array) : DjlScriptArray.of(type, array);
    }

    @Override
    public NDArray copy(NDArray array) {
        return array.duplicate();
    }

    @Override
    public void close() {
        OPEN.decrementAndGet();
        manager.close();
    }
}
