package org.lamina.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicReference;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.spi.NativeArray;

/** The owner of one DJL array, which no manager holds. */
final class DjlArray implements NativeArray {
    private final TensorType type;
    private final AtomicReference<NDArray> array;

    /** Takes the array over. */
    DjlArray(TensorType type, NDArray array) {
        array.detach();
        this.type = type;
        this.array = new AtomicReference<>(array);
    }

    /** A copy of an array in native memory. */
    static DjlArray of(NDManager manager, HostArray source) {
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(source.buffer().remaining()).order(ByteOrder.nativeOrder());
        bytes.put(source.buffer()).rewind();
        return new DjlArray(source.type(), manager.create(bytes, shape(source.shape()), dataType(source.dtype())));
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

    /** A shape as DJL writes it. */
    static ai.djl.ndarray.types.Shape shape(Shape shape) {
        return new ai.djl.ndarray.types.Shape(shape.toArray());
    }

    /**
     * The array, still owned by this.
     *
     * @throws LaminaException if this is closed
     */
    NDArray array() {
        NDArray open = array.get();
        if (open == null) {
            throw new LaminaException(
                    ErrorCode.CLOSED,
                    "array " + type + " of djl was closed, so its values are gone. Close it after its last use.");
        }
        return open;
    }

    @Override
    public TensorType type() {
        return type;
    }

    @Override
    public HostArray download() {
        return HostArray.of(type, array().toByteBuffer());
    }

    @Override
    public void close() {
        NDArray open = array.getAndSet(null);
        if (open != null) {
            open.close();
        }
    }
}
