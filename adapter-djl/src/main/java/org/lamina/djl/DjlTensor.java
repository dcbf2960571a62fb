package org.lamina.djl;

import java.util.concurrent.atomic.AtomicLong;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.lamina.spi.NativeArray;

/** The owner of one tensor of an engine, the number that stands for it. It is freed once this is closed and nobody uses it. */
abstract sealed class DjlTensor implements NativeArray permits DjlScriptArray, DjlSymbolArray {
    private static final AtomicLong OPEN = new AtomicLong();

    private final TensorType type;
    private int users;
    private boolean closed;

    DjlTensor(TensorType type) {
        this.type = type;
        OPEN.incrementAndGet();
    }

    /** How many are not closed yet. */
    static long open() {
        return OPEN.get();
    }

    /** The tensor's number, for whoever holds this open. */
    abstract long number();

    /** Copies the elements of a tensor that has some. */
    abstract HostArray read(long number);

    abstract void free();

    /**
     * The tensor's number, good until it is released.
     *
     * @throws LaminaException if this is closed
     */
    final synchronized long acquire() {
        requireOpen();
        return held(number());
    }

    /** @throws LaminaException if this is closed */
    final void requireOpen() {
        if (closed) {
            throw new LaminaException(
                    ErrorCode.CLOSED,
                    "array " + type + " of djl was closed, so its values are gone. Close it after its last use.");
        }
    }

    /** Counts one more user, of a number that this owns. */
    final long held(long number) {
        users++;
        return number;
    }

    final synchronized void release() {
        users--;
        freeUnused();
    }

    private void freeUnused() {
        if (closed && users == 0) {
            free();
        }
    }

    @Override
    public final TensorType type() {
        return type;
    }

    @Override
    public final HostArray download() {
        long held = acquire();
        try {
            return type.shape().size() == 0 ? HostArray.full(type, 0) : read(held);
        } finally {
            release();
        }
    }

    @Override
    public final synchronized void close() {
        if (!closed) {
            closed = true;
            OPEN.decrementAndGet();
            freeUnused();
        }
    }
}
