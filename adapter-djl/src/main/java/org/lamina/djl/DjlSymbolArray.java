package org.lamina.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.util.NativeResource;
import com.sun.jna.Pointer;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicLong;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.lamina.spi.NativeArray;

/** The owner of one of MXNet's arrays, without DJL's object around it. */
final class DjlSymbolArray implements NativeArray {
    private static final AtomicLong OPEN = new AtomicLong();

    private final TensorType type;
    private final long array;
    /** The number of the same elements as a batch of one, 0 if nobody asked for it. */
    private long batch;

    private int users;
    private boolean closed;

    /** Takes the array over. */
    DjlSymbolArray(TensorType type, long array) {
        this.type = type;
        this.array = array;
        OPEN.incrementAndGet();
    }

    /** How many are not closed yet. */
    static long open() {
        return OPEN.get();
    }

    /** A copy of an array in native memory, written right into it. */
    static DjlSymbolArray of(HostArray source) {
        long array = DjlMxnet.create(source.type());
        if (source.size() > 0) {
            source.copyTo(DjlMxnet.elements(array).getByteBuffer(0, source.byteCount()));
        }
        return new DjlSymbolArray(source.type(), array);
    }

    /** The array that DJL's object stands for, which may be closed then. */
    static DjlSymbolArray of(TensorType type, NDArray array) {
        Object handle = ((NativeResource<?>) array).getHandle();
        return new DjlSymbolArray(type, DjlMxnet.share(Pointer.nativeValue((Pointer) handle)));
    }

    /** DJL's object for the same elements, which belongs to a manager and outlives this. */
    NDArray view(NDManager manager) {
        long shared = acquire();
        try {
            return Objects.create(manager, new Pointer(DjlMxnet.share(shared)));
        } finally {
            release();
        }
    }

    /** How DJL makes an object for an array; its class is not there to compile against. */
    private static final class Objects {
        private static final MethodHandle CREATE = create();

        static NDArray create(NDManager manager, Pointer array) {
            try {
                return (NDArray) CREATE.invokeExact(manager, array);
            } catch (Throwable e) {
                throw new IllegalStateException("DJL takes no array of MXNet's", e);
            }
        }

        private static MethodHandle create() {
            try {
                Class<?> manager = Class.forName("ai.djl.mxnet.engine.MxNDManager");
                Class<?> array = Class.forName("ai.djl.mxnet.engine.MxNDArray");
                return MethodHandles.publicLookup()
                        .findVirtual(manager, "create", MethodType.methodType(array, Pointer.class))
                        .asType(MethodType.methodType(NDArray.class, NDManager.class, Pointer.class));
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("DJL's array of MXNet cannot be had", e);
            }
        }
    }

    /**
     * The array's number, good until it is released.
     *
     * @throws LaminaException if this is closed
     */
    synchronized long acquire() {
        requireOpen();
        users++;
        return array;
    }

    private void requireOpen() {
        if (closed) {
            throw new LaminaException(
                    ErrorCode.CLOSED,
                    "array " + type + " of djl was closed, so its values are gone. Close it after its last use.");
        }
    }

    /**
     * The number of the same elements with an axis of size 1 before the others, good until it is released. The thread does not
     * record.
     *
     * @throws LaminaException if this is closed
     */
    synchronized long acquireBatch() {
        requireOpen();
        batch = batch != 0 ? batch : DjlMxnet.batchOfOne(array);
        users++;
        return batch;
    }

    /** The array's number, for whoever holds it open. */
    long number() {
        return array;
    }

    synchronized void release() {
        users--;
        freeUnused();
    }

    /** @throws IllegalStateException if the array is not what it should be */
    void check() {
        if (!DjlMxnet.isOf(array, type)) {
            throw new IllegalStateException("MXNet computes something that is not " + type);
        }
    }

    private void freeUnused() {
        if (closed && users == 0) {
            DjlMxnet.free(array);
            if (batch != 0) {
                DjlMxnet.free(batch);
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
            int size = Math.toIntExact(type.shape().size() * type.dtype().bytes());
            ByteBuffer bytes = size == 0
                    ? ByteBuffer.allocate(0)
                    : DjlMxnet.elements(held).getByteBuffer(0, size).order(ByteOrder.LITTLE_ENDIAN);
            return HostArray.of(type, bytes);
        } finally {
            release();
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
