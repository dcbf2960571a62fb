package org.lamina.tf;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.spi.NativeArray;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/** The owner of one tensor of TensorFlow's C interface. */
final class TfArray implements NativeArray {
    private static final AtomicLong OPEN = new AtomicLong();

    /** No tensor lies there. */
    private static final long CLOSED = 0;

    private final TensorType type;
    private volatile long tensor;

    /** Takes the tensor over, whose elements are those of the type. */
    TfArray(TensorType type, long tensor) {
        this.type = type;
        this.tensor = tensor;
        OPEN.incrementAndGet();
    }

    /** How many are not closed yet. */
    static long open() {
        return OPEN.get();
    }

    /** A copy of an array in native memory. */
    static TfArray of(HostArray array) {
        long tensor = TfTensors.create(array.type(), array.byteCount());
        if (array.size() > 0) {
            array.copyTo(TfTensors.elements(tensor));
        }
        return new TfArray(array.type(), tensor);
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

    /**
     * The tensor's number, still owned by this array.
     *
     * @throws LaminaException if the array is closed
     */
    long tensor() {
        long open = tensor;
        if (open == CLOSED) {
            throw new LaminaException(
                    ErrorCode.CLOSED,
                    "array " + type + " of tf was closed, so its values are gone. Close it after its last use.");
        }
        return open;
    }

    /** The elements where they lie, little endian, for as long as the array is open. */
    ByteBuffer memory() {
        return TfTensors.elements(tensor());
    }

    @Override
    public TensorType type() {
        return type;
    }

    @Override
    public HostArray download() {
        long open = tensor();
        return type.shape().size() == 0 ? HostArray.full(type, 0) : HostArray.of(type, TfTensors.elements(open));
    }

    @Override
    public synchronized void close() {
        long open = tensor;
        if (open != CLOSED) {
            tensor = CLOSED;
            OPEN.decrementAndGet();
            TfTensors.free(open);
        }
    }
}
