package org.lamina;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.IntToDoubleFunction;

/**
 * An immutable array in Java memory: what goes into a model and what comes out. Elements lie in C order (last axis
 * fastest), little endian, at most 2^31 - 1 bytes.
 *
 * <p>Two arrays are equal if dtype, shape and every bit are equal.
 */
public final class HostArray {
    private final TensorType type;
    private final byte[] bytes;

    private HostArray(TensorType type, byte[] bytes) {
        this.type = type;
        this.bytes = bytes;
    }

    /** A float32 array. @throws LaminaException if the number of values is not that of the shape */
    public static HostArray of(Shape shape, float... values) {
        Arguments.require(values, "HostArray.of", "values");
        HostArray array = allocate(new TensorType(DType.FLOAT32, shape), values.length);
        array.writable().asFloatBuffer().put(values);
        return array;
    }

    /** A float64 array. @throws LaminaException if the number of values is not that of the shape */
    public static HostArray of(Shape shape, double... values) {
        Arguments.require(values, "HostArray.of", "values");
        HostArray array = allocate(new TensorType(DType.FLOAT64, shape), values.length);
        array.writable().asDoubleBuffer().put(values);
        return array;
    }

    /** An int32 array. @throws LaminaException if the number of values is not that of the shape */
    public static HostArray of(Shape shape, int... values) {
        Arguments.require(values, "HostArray.of", "values");
        HostArray array = allocate(new TensorType(DType.INT32, shape), values.length);
        array.writable().asIntBuffer().put(values);
        return array;
    }

    /** An int64 array. @throws LaminaException if the number of values is not that of the shape */
    public static HostArray of(Shape shape, long... values) {
        Arguments.require(values, "HostArray.of", "values");
        HostArray array = allocate(new TensorType(DType.INT64, shape), values.length);
        array.writable().asLongBuffer().put(values);
        return array;
    }

    /** A bool array. @throws LaminaException if the number of values is not that of the shape */
    public static HostArray of(Shape shape, boolean... values) {
        Arguments.require(values, "HostArray.of", "values");
        HostArray array = allocate(new TensorType(DType.BOOL, shape), values.length);
        for (int i = 0; i < values.length; i++) {
            array.bytes[i] = (byte) (values[i] ? 1 : 0);
        }
        return array;
    }

    /**
     * An array from the bytes of a buffer's remaining part, in C order and little endian; they are copied.
     *
     * @throws LaminaException if the number of bytes is not that of the type, or a bool is neither 0 nor 1
     */
    public static HostArray of(TensorType type, ByteBuffer content) {
        Arguments.require(type, "HostArray.of", "type");
        Arguments.require(content, "HostArray.of", "content");
        int width = type.dtype().bytes();
        if (content.remaining() % width != 0) {
            throw new LaminaException(
                    ErrorCode.SHAPE,
                    "array: " + content.remaining() + " bytes are no whole number of " + type.dtype() + " elements of "
                            + width + " bytes. Give whole elements.");
        }
        HostArray array = allocate(type, content.remaining() / width);
        content.get(content.position(), array.bytes);
        return type.dtype() == DType.BOOL ? array.requireTruths() : array;
    }

    private HostArray requireTruths() {
        for (byte truth : bytes) {
            if (truth != 0 && truth != 1) {
                throw new LaminaException(
                        ErrorCode.RANGE,
                        "array: a byte is " + truth + ", which is neither false nor true. Give 0 or 1 for each bool.");
            }
        }
        return this;
    }

    /**
     * An array that a writer fills, without a copy on the way: it is given a buffer for all elements, in C order and little
     * endian, and puts them there from wherever they are. What it does not write is 0. The buffer is the array's own memory, so
     * the writer does not keep it.
     *
     * @throws LaminaException if the type needs more than 2^31 - 1 bytes
     */
    public static HostArray fill(TensorType type, Consumer<ByteBuffer> writer) {
        Arguments.require(type, "HostArray.fill", "type");
        Arguments.require(writer, "HostArray.fill", "writer");
        HostArray array = allocate(type, type.shape().size());
        writer.accept(array.writable());
        return array;
    }

    /**
     * An array whose element at each flat index is given by a function, rounded to the dtype (integers truncate, bool is
     * "not zero").
     */
    public static HostArray generate(TensorType type, IntToDoubleFunction element) {
        Arguments.require(type, "HostArray.generate", "type");
        Arguments.require(element, "HostArray.generate", "element");
        HostArray array = allocate(type, type.shape().size());
        ByteBuffer buffer = array.writable();
        for (int i = 0, n = (int) type.shape().size(); i < n; i++) {
            put(buffer, type.dtype(), i, element.applyAsDouble(i));
        }
        return array;
    }

    /** An array with one value everywhere. @throws LaminaException DTYPE if the dtype does not hold it, but for rounding a fraction */
    public static HostArray full(TensorType type, double value) {
        Arguments.require(type, "HostArray.full", "type");
        Width.held(value, type.dtype(), "array");
        return value == 0 && Double.doubleToRawLongBits(value) == 0
                ? allocate(type, type.shape().size())
                : generate(type, i -> value);
    }

    /** Float32 values from U[0, 1), the same for the same seed everywhere. */
    public static HostArray uniform(Shape shape, long seed) {
        Generator generator = Generator.of(seed);
        return generate(new TensorType(DType.FLOAT32, shape), generator::uniformFloat);
    }

    /** Float32 values from N(0, 1), the same for the same seed everywhere. */
    public static HostArray normal(Shape shape, long seed) {
        Generator generator = Generator.of(seed);
        return generate(new TensorType(DType.FLOAT32, shape), generator::normal);
    }

    private static HostArray allocate(TensorType type, long count) {
        long expected = type.shape().size();
        if (count != expected) {
            throw new LaminaException(
                    ErrorCode.SHAPE,
                    "array: " + count + " values for shape " + type.shape() + ", which has " + expected
                            + " elements. Give as many values as the shape has.");
        }
        if (expected > Integer.MAX_VALUE / type.dtype().bytes()) {
            throw new LaminaException(
                    ErrorCode.RANGE, "array: " + type + " needs more than 2^31 - 1 bytes. Split it along an axis.");
        }
        return new HostArray(type, new byte[(int) expected * type.dtype().bytes()]);
    }

    private ByteBuffer writable() {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void put(ByteBuffer buffer, DType dtype, int index, double value) {
        switch (dtype) {
            case FLOAT32 -> buffer.putFloat(4 * index, (float) value);
            case FLOAT64 -> buffer.putDouble(8 * index, value);
            case INT32 -> buffer.putInt(4 * index, (int) value);
            case INT64 -> buffer.putLong(8 * index, (long) value);
            case BOOL -> buffer.put(index, (byte) (value != 0 ? 1 : 0));
        }
    }

    /** The dtype and shape. */
    public TensorType type() {
        return type;
    }

    /** The dtype. */
    public DType dtype() {
        return type.dtype();
    }

    /** The shape. */
    public Shape shape() {
        return type.shape();
    }

    /** The number of elements. */
    public int size() {
        return bytes.length / type.dtype().bytes();
    }

    /** The number of bytes of all elements. */
    public int byteCount() {
        return bytes.length;
    }

    /** The elements in C order, little endian, read-only, without a copy. */
    public ByteBuffer buffer() {
        return ByteBuffer.wrap(bytes).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Puts the bytes of all elements, in C order and little endian, into a buffer at its position, which goes on behind them.
     *
     * @throws java.nio.BufferOverflowException if there is not room for all; then none is put
     */
    public void copyTo(ByteBuffer target) {
        Arguments.require(target, "HostArray.copyTo", "target");
        target.put(bytes);
    }

    /**
     * The element at a flat index as a double; int64 beyond 2^53 is rounded, bool is 0 or 1.
     *
     * @throws LaminaException if there is no such element
     */
    public double doubleAt(int index) {
        return switch (type.dtype()) {
            case FLOAT32 -> Float.intBitsToFloat(intFrom(place(index, 4)));
            case FLOAT64 -> Double.longBitsToDouble(longFrom(place(index, 8)));
            case INT32 -> intFrom(place(index, 4));
            case INT64 -> longFrom(place(index, 8));
            case BOOL -> bytes[place(index, 1)];
        };
    }

    /** Without a buffer, which would be garbage of every step of training, and without a handle, which takes time to link. */
    private int intFrom(int place) {
        return (bytes[place] & 0xff)
                | (bytes[place + 1] & 0xff) << 8
                | (bytes[place + 2] & 0xff) << 16
                | bytes[place + 3] << 24;
    }

    private long longFrom(int place) {
        return (intFrom(place) & 0xffff_ffffL) | (long) intFrom(place + 4) << 32;
    }

    /** The element at a flat index as a long, floating values truncated. @throws LaminaException if there is no such element */
    public long longAt(int index) {
        return type.dtype() == DType.INT64 ? longFrom(place(index, 8)) : (long) doubleAt(index);
    }

    /** Where an element's bytes begin; a product that is too large for an int would be a place again. */
    private int place(int index, int width) {
        if (index < 0 || index >= bytes.length / width) {
            throw new LaminaException(
                    ErrorCode.RANGE,
                    "array: there is no element " + index + " of " + type + ", which has " + size()
                            + ". Indices count from 0.");
        }
        return index * width;
    }

    /** The element at an index for each axis, as a double. @throws LaminaException if an index is out of range */
    public double get(long... index) {
        Arguments.require(index, "HostArray.get", "index");
        if (index.length != shape().rank()) {
            throw new LaminaException(
                    ErrorCode.RANGE,
                    "get: " + index.length + " indices for shape " + shape() + ". Give one index for each axis.");
        }
        long flat = 0;
        for (int axis = 0; axis < index.length; axis++) {
            if (index[axis] < 0 || index[axis] >= shape().extent(axis)) {
                throw new LaminaException(
                        ErrorCode.RANGE,
                        "get: index " + Arrays.toString(index) + " is outside shape " + shape()
                                + ". Indices count from 0.");
            }
            flat = flat * shape().extent(axis) + index[axis];
        }
        return doubleAt((int) flat);
    }

    /** All elements as doubles, in C order. */
    public double[] toDoubles() {
        double[] values = new double[size()];
        if (dtype() == DType.FLOAT64) {
            buffer().asDoubleBuffer().get(values);
        } else if (dtype() == DType.FLOAT32) {
            FloatBuffer floats = buffer().asFloatBuffer();
            for (int i = 0; i < values.length; i++) {
                values[i] = floats.get(i);
            }
        } else {
            Arrays.setAll(values, this::doubleAt);
        }
        return values;
    }

    /** All elements as floats, in C order. */
    public float[] toFloats() {
        float[] values = new float[size()];
        if (dtype() == DType.FLOAT32) {
            buffer().asFloatBuffer().get(values);
        } else {
            for (int i = 0; i < values.length; i++) {
                values[i] = dtype() == DType.INT64 ? (float) longAt(i) : (float) doubleAt(i);
            }
        }
        return values;
    }

    /** All elements as longs, in C order, floating values truncated. */
    public long[] toLongs() {
        long[] values = new long[size()];
        Arrays.setAll(values, this::longAt);
        return values;
    }

    /** The same elements in another dtype: floats round to nearest, integers truncate toward zero, bool is "not zero". */
    public HostArray cast(DType dtype) {
        if (dtype == dtype()) {
            return this;
        }
        if (dtype == DType.INT64) {
            return of(shape(), toLongs());
        }
        if (dtype == DType.FLOAT32 && dtype() == DType.INT64) {
            // By way of a double it would be rounded twice.
            return generate(type.with(dtype), i -> (float) longAt(i));
        }
        return generate(type.with(dtype), dtype == DType.INT32 ? i -> (int) longAt(i) : this::doubleAt);
    }

    /** The same elements in another shape of as many elements. @throws LaminaException if the numbers differ */
    public HostArray reshape(Shape shape) {
        Arguments.require(shape, "HostArray.reshape", "shape");
        if (shape.size() != size()) {
            throw new LaminaException(
                    ErrorCode.SHAPE,
                    "reshape: " + shape() + " has " + size() + " elements and " + shape + " has " + shape.size()
                            + ". Give a shape of as many elements.");
        }
        return new HostArray(type.with(shape), bytes);
    }

    /**
     * The slices along the first axis at some indices, one after another.
     *
     * @throws LaminaException if there is no first axis or an index is out of range
     */
    public HostArray take(int... indices) {
        Arguments.require(indices, "HostArray.take", "indices");
        if (shape().rank() == 0) {
            throw new LaminaException(ErrorCode.AXIS, "take: a scalar has no axis to take from. Use reshape first.");
        }
        long count = shape().extent(0);
        int length = count == 0 ? 0 : (int) (bytes.length / count);
        TensorType takenType = type.with(shape().with(0, indices.length));
        HostArray taken = allocate(takenType, takenType.shape().size());
        for (int i = 0; i < indices.length; i++) {
            if (indices[i] < 0 || indices[i] >= count) {
                throw new LaminaException(
                        ErrorCode.RANGE,
                        "take: index " + indices[i] + " is outside the first axis of " + shape()
                                + ". Indices count from 0.");
            }
            System.arraycopy(bytes, indices[i] * length, taken.bytes, i * length, length);
        }
        return taken;
    }

    /**
     * A copy with one element replaced, at an index for each axis.
     *
     * @throws LaminaException if the index is out of range, or the dtype does not hold the value
     */
    public HostArray with(double value, long... index) {
        Arguments.require(index, "HostArray.with", "index");
        Width.held(value, dtype(), "array");
        get(index);
        HostArray copy = new HostArray(type, bytes.clone());
        long flat = 0;
        for (int axis = 0; axis < index.length; axis++) {
            flat = flat * shape().extent(axis) + index[axis];
        }
        put(copy.writable(), dtype(), (int) flat, value);
        return copy;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HostArray array && type.equals(array.type) && Arrays.equals(bytes, array.bytes);
    }

    @Override
    public int hashCode() {
        return 31 * type.hashCode() + Arrays.hashCode(bytes);
    }

    /** The elements in brackets, long ones shortened, then the type: {@code [[1.0, 2.0]] float32 (1, 2)}. */
    @Override
    public String toString() {
        return HostArrayText.format(this) + " " + type;
    }
}
