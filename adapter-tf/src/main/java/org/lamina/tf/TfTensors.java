package org.lamina.tf;

import static org.tensorflow.internal.c_api.global.tensorflow.TF_AllocateTensor;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeleteTensor;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_TensorByteSize;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_TensorData;

import java.nio.ByteBuffer;
import org.bytedeco.javacpp.Pointer;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.tensorflow.internal.c_api.TF_Tensor;
import org.tensorflow.proto.DataType;

/**
 * The tensors of TensorFlow's C interface, each the number that stands for its address: an object for each would be a third of
 * what a small step of training leaves to the garbage collector.
 */
final class TfTensors {
    /** The object that a call is given, one for each thread, which stands for whatever tensor it was last told. */
    private static final class Given extends TF_Tensor {
        private static final ThreadLocal<Given> OF_THREAD = ThreadLocal.withInitial(Given::new);

        private Given() {
            super((Pointer) null);
        }

        static Given of(long tensor) {
            Given given = OF_THREAD.get();
            given.address = tensor;
            return given;
        }
    }

    private TfTensors() {}

    /** TensorFlow's number of a dtype. */
    private static int code(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> DataType.DT_FLOAT_VALUE;
            case FLOAT64 -> DataType.DT_DOUBLE_VALUE;
            case INT32 -> DataType.DT_INT32_VALUE;
            case INT64 -> DataType.DT_INT64_VALUE;
            case BOOL -> DataType.DT_BOOL_VALUE;
        };
    }

    /** A new tensor of so many bytes, whose elements are anything. @throws LaminaException if there is no memory for it */
    static long create(TensorType type, int bytes) {
        long[] sizes = type.shape().toArray();
        TF_Tensor tensor = TF_AllocateTensor(code(type.dtype()), sizes, sizes.length, bytes);
        if (tensor == null || tensor.isNull()) {
            throw new LaminaException(
                    ErrorCode.BACKEND_FAILURE,
                    "backend tf: TensorFlow has no memory for " + type
                            + ". Close arrays and models that are not used any more.");
        }
        return tensor.address();
    }

    /** How many bytes a tensor's elements have. */
    static long byteCount(long tensor) {
        return TF_TensorByteSize(Given.of(tensor));
    }

    /** The memory of a tensor's elements, which are some, for as long as the tensor is there. */
    static ByteBuffer elements(long tensor) {
        Given given = Given.of(tensor);
        return TF_TensorData(given).capacity(TF_TensorByteSize(given)).asByteBuffer();
    }

    static void free(long tensor) {
        TF_DeleteTensor(Given.of(tensor));
    }
}
