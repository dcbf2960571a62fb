package org.lamina.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.util.NativeResource;
import com.sun.jna.Pointer;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.TensorType;

/** The owner of one of MXNet's arrays, without DJL's object around it. */
final class DjlSymbolArray extends DjlTensor {
    private final long array;
    /** The number of the same elements as a batch of one, 0 if nobody asked for it. */
    private long batch;

    /** Takes the array over. */
    DjlSymbolArray(TensorType type, long array) {
        super(type);
        this.array = array;
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
     * The number of the same elements with an axis of size 1 before the others, good until it is released. The thread does not
     * record.
     *
     * @throws LaminaException if this is closed
     */
    synchronized long acquireBatch() {
        requireOpen();
        batch = batch != 0 ? batch : DjlMxnet.batchOfOne(array);
        return held(batch);
    }

    @Override
    long number() {
        return array;
    }

    /** @throws IllegalStateException if the array is not what it should be */
    void check() {
        if (!DjlMxnet.isOf(array, type())) {
            throw new IllegalStateException("MXNet computes something that is not " + type());
        }
    }

    @Override
    HostArray read(long number) {
        long bytes = type().shape().size() * type().dtype().bytes();
        return HostArray.of(type(), DjlMxnet.elements(number).getByteBuffer(0, bytes));
    }

    @Override
    void free() {
        DjlMxnet.free(array);
        if (batch != 0) {
            DjlMxnet.free(batch);
        }
    }
}
