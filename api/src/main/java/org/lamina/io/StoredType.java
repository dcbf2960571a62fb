package org.lamina.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;

/** The dtypes of safetensors that Lamina reads. */
enum StoredType {
    F32(DType.FLOAT32, 4),
    F64(DType.FLOAT64, 8),
    I32(DType.INT32, 4),
    I64(DType.INT64, 8),
    BOOL(DType.BOOL, 1),
    F16(DType.FLOAT32, 2),
    BF16(DType.FLOAT32, 2);

    private static final int HALF_EXPONENT = 0x7c00;

    private final DType dtype;
    private final int bytes;

    StoredType(DType dtype, int bytes) {
        this.dtype = dtype;
        this.bytes = bytes;
    }

    /** What it is stored as; half precision is only read. */
    static StoredType of(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> F32;
            case FLOAT64 -> F64;
            case INT32 -> I32;
            case INT64 -> I64;
            case BOOL -> BOOL;
        };
    }

    static @Nullable StoredType named(String name) {
        for (StoredType type : values()) {
            if (type.name().equals(name)) {
                return type;
            }
        }
        return null;
    }

    /** What it is in memory. */
    DType dtype() {
        return dtype;
    }

    /** The bytes of an element in the file. */
    int bytes() {
        return bytes;
    }

    /** The array of elements in C order, little endian. */
    HostArray array(Shape shape, byte[] content) {
        TensorType type = new TensorType(dtype, shape);
        ByteBuffer buffer = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        return switch (this) {
            case F16 -> HostArray.generate(type, i -> half(buffer.getShort(2 * i)));
            case BF16 -> HostArray.generate(type, i -> Float.intBitsToFloat(buffer.getShort(2 * i) << 16));
            default -> HostArray.of(type, buffer);
        };
    }

    /** The value of an IEEE 754 binary16. */
    private static float half(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = bits & HALF_EXPONENT;
        int fraction = bits & 0x3ff;
        if (exponent == HALF_EXPONENT) {
            return Float.intBitsToFloat(sign | 0x7f800000 | fraction << 13);
        }
        // Below the smallest normal number the exponent stays and the leading one is missing.
        float magnitude = exponent == 0
                ? fraction * 0x1p-24f
                : Float.intBitsToFloat((exponent + ((127 - 15) << 10) | fraction) << 13);
        return sign == 0 ? magnitude : -magnitude;
    }
}
