package org.lamina.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.util.NativeResource;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.lamina.spi.NativeArray;

/** The owner of one of PyTorch's tensors, in most cases without DJL's object around it. */
final class DjlScriptArray implements NativeArray {
    private static final AtomicLong OPEN = new AtomicLong();

    private final TensorType type;
    private final long tensor;
    /** DJL's object that owns the tensor, null if this does: the elements may lie in a Java buffer, which only that holds. */
    private final @Nullable NDArray object;

    private int users;
    private boolean closed;

    /** Takes the tensor over. */
    DjlScriptArray(TensorType type, long tensor) {
        this(type, tensor, null);
    }

    private DjlScriptArray(TensorType type, long tensor, @Nullable NDArray object) {
        this.type = type;
        this.tensor = tensor;
        this.object = object;
        OPEN.incrementAndGet();
    }

    /** How many are not closed yet. */
    static long open() {
        return OPEN.get();
    }

    /** A copy of an array in native memory, written right into it. */
    static DjlScriptArray of(HostArray source) {
        long tensor = DjlTorch.create(source.type());
        try {
            if (source.size() > 0) {
                source.copyTo(DjlTorch.elements(tensor));
            }
            return new DjlScriptArray(source.type(), tensor);
        } catch (RuntimeException | Error e) {
            DjlTorch.free(tensor);
            throw e;
        }
    }

    /** Takes DJL's object over, so that no manager and no scope closes it. */
    static DjlScriptArray of(TensorType type, NDArray object) {
        NDScope.unregister(object);
        object.detach();
        return new DjlScriptArray(type, 0, object);
    }

    /** DJL's object for the same elements, which belongs to a manager and outlives this. */
    NDArray view(NDManager manager) {
        long held = acquire();
        try {
            long shared = DjlTorch.share(held);
            try {
                return DjlTorch.object(manager, shared);
            } catch (RuntimeException | Error e) {
                DjlTorch.free(shared);
                throw e;
            }
        } finally {
            release();
        }
    }

    /**
     * The tensor's number, good until it is released.
     *
     * @throws LaminaException if this is closed
     */
    synchronized long acquire() {
        if (closed) {
            throw new LaminaException(
                    ErrorCode.CLOSED,
                    "array " + type + " of djl was closed, so its values are gone. Close it after its last use.");
        }
        long number = object == null ? tensor : number(object);
        users++;
        return number;
    }

    /** Asked for each time: whoever made the object could have closed it, which it tells. */
    private static long number(NDArray object) {
        return (Long) Objects.requireNonNull(((NativeResource<?>) object).getHandle());
    }

    synchronized void release() {
        users--;
        freeUnused();
    }

    private void freeUnused() {
        if (closed && users == 0) {
            if (object == null) {
                DjlTorch.free(tensor);
            } else {
                object.close();
            }
        }
    }

    @Override
    public TensorType type() {
        return type;
    }

    @Override
    public HostArray download() {
        long held = acquire();
        try {
            return type.shape().size() == 0 ? HostArray.of(type, ByteBuffer.allocate(0)) : read(held);
        } finally {
            release();
        }
    }

    /** A script may leave a result in the order of what it was computed from. */
    private HostArray read(long held) {
        if (DjlTorch.isContiguous(held)) {
            return HostArray.of(type, DjlTorch.elements(held));
        }
        long ordered = DjlTorch.contiguous(held);
        try {
            return HostArray.of(type, DjlTorch.elements(ordered));
        } finally {
            DjlTorch.free(ordered);
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            OPEN.decrementAndGet();
            freeUnused();
        }
    }
}
