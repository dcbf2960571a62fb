package org.lamina.tf;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.spi.NativeArray;
import org.tensorflow.Tensor;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/** The owner of one TensorFlow tensor. */
final class TfArray implements NativeArray {
    private static final int CHUNK = 1 << 16;

    private static final AtomicLong OPEN = new AtomicLong();

    private final TensorType type;
    private final AtomicReference<Tensor> tensor;

    /** Takes the tensor over. */
    TfArray(DType dtype, Tensor tensor) {
        this.type = new TensorType(dtype, Shape.of(tensor.shape().asArray()));
        this.tensor = new AtomicReference<>(tensor);
        OPEN.incrementAndGet();
    }

    /** How many are not closed yet. */
    static long open() {
        return OPEN.get();
    }

    /** A copy of an array in native memory. */
    static TfArray of(HostArray array) {
        DType dtype = array.dtype();
        return new TfArray(dtype, Tensor.of(tensorClass(dtype), shape(array.shape()), t -> write(array.buffer(), t)));
    }

    /** TensorFlow's own class for a dtype. */
    static Class<? extends TType> tensorClass(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> TFloat32.class;
            case FLOAT64 -> TFloat64.class;
            case INT32 -> TInt32.class;
            case INT64 -> TInt64.class;
            case BOOL -> TBool.class;
        };
    }

    /** A shape as TensorFlow writes it; open sizes are -1 there too. */
    static org.tensorflow.ndarray.Shape shape(Shape shape) {
        return org.tensorflow.ndarray.Shape.of(shape.toArray());
    }

    private static void write(ByteBuffer source, Tensor target) {
        byte[] chunk = new byte[Math.min(CHUNK, source.remaining())];
        for (long position = 0; source.hasRemaining(); position += chunk.length) {
            int length = Math.min(chunk.length, source.remaining());
            source.get(chunk, 0, length);
            target.asRawTensor().data().offset(position).write(chunk, 0, length);
        }
    }

    /**
     * The tensor, still owned by this array.
     *
     * @throws LaminaException if the array is closed
     */
    Tensor tensor() {
        Tensor open = tensor.get();
        if (open == null) {
            throw new LaminaException(
                    ErrorCode.CLOSED,
                    "array " + type + " of tf was closed, so its values are gone. Close it after its last use.");
        }
        return open;
    }

    @Override
    public TensorType type() {
        return type;
    }

    @Override
    public HostArray download() {
        byte[] bytes = new byte[Math.toIntExact(tensor().numBytes())];
        tensor().asRawTensor().data().read(bytes);
        return HostArray.of(type, ByteBuffer.wrap(bytes));
    }

    @Override
    public void close() {
        Tensor open = tensor.getAndSet(null);
        if (open != null) {
            OPEN.decrementAndGet();
            open.close();
        }
    }
}
