package org.lamina.tf;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.tensorflow.Operand;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TType;

/** The owner of one tensor of TensorFlow Java's own sessions, where users' graphs run. */
final class TfTensor implements AutoCloseable {
    private static final int CHUNK = 1 << 16;

    private final TensorType type;
    private final AtomicReference<Tensor> tensor;

    /** Takes the tensor over. */
    TfTensor(DType dtype, Tensor tensor) {
        this.type = new TensorType(dtype, Shape.of(tensor.shape().asArray()));
        this.tensor = new AtomicReference<>(tensor);
    }

    /** A copy of an array in native memory. */
    static TfTensor of(HostArray array) {
        DType dtype = array.dtype();
        return new TfTensor(
                dtype,
                Tensor.of(TfArray.tensorClass(dtype), TfArray.shape(array.shape()), t -> write(array.buffer(), t)));
    }

    /** A constant of a graph. */
    static Operand<?> constant(Ops tf, HostArray value) {
        try (TfTensor tensor = of(value)) {
            return tf.constantOf((TType) tensor.tensor());
        }
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

    /** The dtype and shape. */
    TensorType type() {
        return type;
    }

    /** Copies it into Java memory. */
    HostArray download() {
        Tensor open = tensor();
        return HostArray.fill(type, target -> {
            byte[] chunk = new byte[Math.min(CHUNK, target.remaining())];
            for (long position = 0; target.hasRemaining(); position += chunk.length) {
                int length = Math.min(chunk.length, target.remaining());
                open.asRawTensor().data().offset(position).read(chunk, 0, length);
                target.put(chunk, 0, length);
            }
        });
    }

    @Override
    public void close() {
        Tensor open = tensor.getAndSet(null);
        if (open != null) {
            open.close();
        }
    }
}
