package org.lamina.dl4j;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import org.bytedeco.javacpp.BytePointer;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.lamina.spi.NativeArray;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The owner of one ND4J array, in C order and no view. */
final class Dl4jArray implements NativeArray {
    private final TensorType type;
    private final AtomicReference<INDArray> array;

    /** Takes the array over. */
    Dl4jArray(TensorType type, INDArray array) {
        this.type = type;
        this.array = new AtomicReference<>(array);
    }

    /** A copy of an array in native memory. */
    static Dl4jArray of(HostArray source) {
        INDArray target = Nd4j.createUninitializedDetached(
                dataType(source.dtype()), 'c', source.shape().toArray());
        if (source.size() > 0) {
            byte[] bytes = new byte[source.buffer().remaining()];
            source.buffer().get(bytes);
            bytes(target, bytes.length).put(bytes);
        }
        return new Dl4jArray(source.type(), target);
    }

    /** ND4J's own name of a dtype. */
    static DataType dataType(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> DataType.FLOAT;
            case FLOAT64 -> DataType.DOUBLE;
            case INT32 -> DataType.INT32;
            case INT64 -> DataType.INT64;
            case BOOL -> DataType.BOOL;
        };
    }

    private static BytePointer bytes(INDArray array, long length) {
        return new BytePointer(array.data().addressPointer()).capacity(length);
    }

    /**
     * The array, still owned by this.
     *
     * @throws LaminaException if this is closed
     */
    INDArray array() {
        INDArray open = array.get();
        if (open == null) {
            throw new LaminaException(
                    ErrorCode.CLOSED,
                    "array " + type + " of dl4j was closed, so its values are gone. Close it after its last use.");
        }
        return open;
    }

    @Override
    public TensorType type() {
        return type;
    }

    @Override
    public HostArray download() {
        INDArray open = array();
        byte[] bytes =
                new byte[Math.toIntExact(type.shape().size() * type.dtype().bytes())];
        if (bytes.length > 0) {
            bytes(open, bytes.length).get(bytes);
        }
        return HostArray.of(type, ByteBuffer.wrap(bytes));
    }

    @Override
    public void close() {
        INDArray open = array.getAndSet(null);
        if (open != null && open.closeable()) {
            open.close();
        }
    }
}
