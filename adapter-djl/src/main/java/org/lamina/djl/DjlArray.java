package org.lamina.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Function;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;

/** How DJL's arrays are made of Lamina's and read. */
final class DjlArray {
    private static final MethodHandle FREE = free();

    private DjlArray() {}

    /**
     * A copy of an array in native memory, held by the manager. PyTorch's is written right into an array of its own, as one made
     * from a buffer would live in that buffer; MXNet copies from a buffer, which only the garbage collector would free.
     */
    static NDArray upload(NDManager manager, HostArray source) {
        ai.djl.ndarray.types.Shape shape = shape(source.shape());
        DataType dtype = dataType(source.dtype());
        if (!DjlProvider.isMxnet(manager)) {
            NDArray array = manager.create(shape, dtype);
            if (source.size() > 0) {
                source.copyTo(array.toByteBuffer(true));
            }
            return array;
        }
        ByteBuffer bytes = ByteBuffer.allocateDirect(source.byteCount()).order(ByteOrder.nativeOrder());
        source.copyTo(bytes);
        bytes.rewind();
        try {
            return manager.create(bytes, shape, dtype);
        } finally {
            free(bytes);
        }
    }

    /**
     * Reads the elements of an array that is not empty, in C order. The buffer is PyTorch's own memory, or that of a copy which
     * the scope frees; with MXNet it is a copy in a buffer that only the garbage collector would free.
     */
    static <T> T read(NDArray array, Function<ByteBuffer, T> reader) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            ByteBuffer bytes = array.toByteBuffer(true);
            T value = reader.apply(bytes);
            free(bytes);
            return value;
        }
    }

    /** Frees the memory of a direct buffer now, unless it belongs to an array; nothing uses the buffer any more. */
    private static void free(ByteBuffer buffer) {
        try {
            FREE.invokeExact(buffer);
        } catch (Throwable e) {
            throw new IllegalStateException("a direct buffer cannot be freed", e);
        }
    }

    /** Unsafe is the one way to free a direct buffer before it is collected; its other methods are not called. */
    private static MethodHandle free() {
        try {
            Class<?> unsafe = Class.forName("sun.misc.Unsafe");
            Field field = unsafe.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            return MethodHandles.lookup()
                    .findVirtual(unsafe, "invokeCleaner", MethodType.methodType(void.class, ByteBuffer.class))
                    .bindTo(field.get(null));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("sun.misc.Unsafe cannot be had", e);
        }
    }

    /** DJL's own name of a dtype. */
    static DataType dataType(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> DataType.FLOAT32;
            case FLOAT64 -> DataType.FLOAT64;
            case INT32 -> DataType.INT32;
            case INT64 -> DataType.INT64;
            case BOOL -> DataType.BOOLEAN;
        };
    }

    /** The dtype that DJL has its own name for. */
    static DType dtype(DataType dataType) {
        return switch (dataType) {
            case FLOAT32 -> DType.FLOAT32;
            case FLOAT64 -> DType.FLOAT64;
            case INT32 -> DType.INT32;
            case INT64 -> DType.INT64;
            case BOOLEAN -> DType.BOOL;
            default ->
                throw new LaminaException(
                        ErrorCode.DTYPE,
                        "array: DJL's " + dataType
                                + " is no dtype of Lamina, so no layer takes it. Convert it with toType.");
        };
    }

    /** The dtype and shape of an array. @throws LaminaException for a dtype that Lamina has not */
    static TensorType type(NDArray array) {
        return new TensorType(
                dtype(array.getDataType()), Shape.of(array.getShape().getShape()));
    }

    /** A copy of an array's elements on the host. */
    static HostArray host(NDArray array) {
        TensorType type = type(array);
        return type.shape().size() == 0
                ? HostArray.of(type, ByteBuffer.allocate(0))
                : read(array, bytes -> HostArray.of(type, bytes));
    }

    /** A shape as DJL writes it. */
    static ai.djl.ndarray.types.Shape shape(Shape shape) {
        return new ai.djl.ndarray.types.Shape(shape.toArray());
    }
}
