package org.lamina.tf;

import static org.tensorflow.internal.c_api.global.tensorflow.TF_AllocateTensor;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeleteTensor;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_TensorByteSize;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_TensorData;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.spi.NativeArray;
import org.tensorflow.internal.c_api.TF_Tensor;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/** The owner of one tensor of TensorFlow's C interface. */
final class TfArray implements NativeArray {
    private static final AtomicLong OPEN = new AtomicLong();

    private final TensorType type;
    private volatile @Nullable TF_Tensor tensor;

    /** Takes the tensor over, whose elements are those of the type. */
    TfArray(TensorType type, TF_Tensor tensor) {
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
        long[] sizes = array.shape().toArray();
        int bytes = array.byteCount();
        TF_Tensor tensor = TF_AllocateTensor(number(array.dtype()), sizes, sizes.length, bytes);
        if (tensor == null || tensor.isNull()) {
            throw new LaminaException(
                    ErrorCode.BACKEND_FAILURE,
                    "backend tf: TensorFlow has no memory for " + array.type()
                            + ". Close arrays and models that are not " + "used any more.");
        }
        if (bytes > 0) {
            array.copyTo(memory(tensor, bytes));
        }
        return new TfArray(array.type(), tensor);
    }

    /** The number by which TensorFlow's C interface calls a dtype. */
    private static int number(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> org.tensorflow.proto.DataType.DT_FLOAT_VALUE;
            case FLOAT64 -> org.tensorflow.proto.DataType.DT_DOUBLE_VALUE;
            case INT32 -> org.tensorflow.proto.DataType.DT_INT32_VALUE;
            case INT64 -> org.tensorflow.proto.DataType.DT_INT64_VALUE;
            case BOOL -> org.tensorflow.proto.DataType.DT_BOOL_VALUE;
        };
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

    /** The memory of a tensor's elements, which are some, for as long as the tensor is there. */
    private static ByteBuffer memory(TF_Tensor tensor, int bytes) {
        Pointer data = TF_TensorData(tensor);
        return data.capacity(bytes).asByteBuffer();
    }

    /**
     * The tensor, still owned by this array.
     *
     * @throws LaminaException if the array is closed
     */
    TF_Tensor tensor() {
        TF_Tensor open = tensor;
        if (open == null) {
            throw new LaminaException(
                    ErrorCode.CLOSED,
                    "array " + type + " of tf was closed, so its values are gone. Close it after its last use.");
        }
        return open;
    }

    /** The elements where they lie, little endian, for as long as the array is open. */
    ByteBuffer memory() {
        return memory(tensor(), Math.toIntExact(TF_TensorByteSize(tensor())));
    }

    @Override
    public TensorType type() {
        return type;
    }

    @Override
    public HostArray download() {
        TF_Tensor open = tensor();
        return HostArray.fill(type, target -> {
            if (target.hasRemaining()) {
                target.put(memory(open, target.remaining()));
            }
        });
    }

    @Override
    public synchronized void close() {
        TF_Tensor open = tensor;
        if (open != null) {
            tensor = null;
            OPEN.decrementAndGet();
            TF_DeleteTensor(open);
        }
    }
}
