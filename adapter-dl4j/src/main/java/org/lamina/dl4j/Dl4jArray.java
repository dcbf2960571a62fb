package org.lamina.dl4j;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.lamina.spi.BackendFailures;
import org.lamina.spi.NativeArray;
import org.nd4j.common.util.ArrayUtil;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.cpu.nativecpu.buffer.BaseCpuDataBuffer;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.OpaqueDataBuffer;

/** The owner of one ND4J array. */
final class Dl4jArray implements NativeArray {
    /** From here on the C library asks the system for each array, and gives it back, so that trying costs microseconds. */
    private static final long LARGE = 64L << 20;

    private static final AtomicLong OPEN = new AtomicLong();

    private final TensorType type;
    /** Where the array goes when this is closed, null if it is freed. */
    private final @Nullable Dl4jPool pool;

    private @Nullable INDArray array;

    /** Takes the array over, and frees it when closed. */
    Dl4jArray(TensorType type, INDArray array) {
        this(type, array, null);
    }

    /** @param pool where the array goes when this is closed, null if it is freed */
    Dl4jArray(TensorType type, INDArray array, @Nullable Dl4jPool pool) {
        this.type = type;
        this.array = array;
        this.pool = pool;
        OPEN.incrementAndGet();
    }

    /** How many are not closed yet. */
    static long open() {
        return OPEN.get();
    }

    /** A copy of an array in native memory, of a pool that it goes back to. */
    static Dl4jArray of(HostArray source, Dl4jPool pool) {
        return new Dl4jArray(source.type(), pool.take(source), pool);
    }

    /** A copy of an array in native memory, which the caller closes. */
    static INDArray copy(HostArray source) {
        INDArray target = create(source.type());
        if (!target.isEmpty()) {
            source.copyTo(bytes(target));
        }
        return target;
    }

    /** A copy in Java memory of an array that may be a view, in whatever order. */
    static HostArray host(INDArray source) {
        TensorType type = type(source);
        if (source.isEmpty()) {
            return HostArray.full(type, 0);
        }
        MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces();
        try (INDArray ordered = source.dup('c')) {
            return HostArray.of(type, bytes(ordered));
        } finally {
            outside.close();
        }
    }

    /** An array in C order outside all workspaces, its elements not set; no memory if it has none. */
    static INDArray create(TensorType type) {
        long[] shape = type.shape().toArray();
        return isEmpty(shape) ? Nd4j.create(dataType(type.dtype()), shape) : create(dataType(type.dtype()), shape);
    }

    /** An array in C order outside all workspaces, its elements, which it has, not set. */
    static INDArray create(DataType type, long... shape) {
        requireMemory(ArrayUtil.prodLong(shape) * type.width());
        return Nd4j.createUninitializedDetached(type, 'c', shape);
    }

    /** ND4J writes to what the system gave it and does not look whether that was anything, which would end the process. */
    private static void requireMemory(long bytes) {
        if (bytes < LARGE) {
            return;
        }
        Pointer memory = Pointer.malloc(bytes);
        if (memory == null || memory.isNull()) {
            throw BackendFailures.memory(Dl4jProvider.NAME, bytes);
        }
        Pointer.free(memory);
    }

    /** True if there is no element, and so no memory. */
    static boolean isEmpty(long... shape) {
        for (long size : shape) {
            if (size == 0) {
                return true;
            }
        }
        return false;
    }

    /** True if the elements lie in C order one after another. */
    static boolean isContiguous(INDArray x) {
        long expected = 1;
        for (int axis = x.rank() - 1; axis >= 0; axis--) {
            if (x.size(axis) != 1 && x.stride(axis) != expected) {
                return x.isEmpty();
            }
            expected *= x.size(axis);
        }
        return true;
    }

    /** A view, in another shape, of an array whose elements lie in C order one after another. */
    static INDArray reshaped(INDArray x, long... shape) {
        return packed(x, x.offset(), shape);
    }

    /** A view, in C order, of elements that lie one after another from an offset in an array's memory. */
    static INDArray packed(INDArray x, long offset, long... shape) {
        long[] strides = new long[shape.length];
        long stride = 1;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= shape[axis];
        }
        return view(x, shape, strides, offset);
    }

    /** A view with new axes of size 1 before the others. */
    static INDArray expanded(INDArray x, int rank) {
        long[] shape = new long[rank];
        long[] strides = new long[rank];
        Arrays.fill(shape, 1);
        Arrays.fill(strides, x.length());
        System.arraycopy(x.shape(), 0, shape, rank - x.rank(), x.rank());
        System.arraycopy(x.stride(), 0, strides, rank - x.rank(), x.rank());
        return view(x, shape, strides, x.offset());
    }

    /** A view of an array's memory; it must not be closed, whatever ND4J says. */
    static INDArray view(INDArray x, long[] shape, long[] strides, long offset) {
        return isEmpty(shape)
                ? Nd4j.create(x.dataType(), shape)
                : Nd4j.create(x.data(), shape, strides, offset, Shape.getOrder(shape, strides, 1));
    }

    /** A view of numbers as the integers that have the same bits; no array may be empty here. */
    static INDArray bits(INDArray x) {
        DataType type = x.dataType().width() == Integer.BYTES ? DataType.INT32 : DataType.INT64;
        DataBuffer memory = Nd4j.createBuffer(x.data().pointer(), x.data().underlyingLength(), type);
        return Nd4j.create(memory, x.shape(), x.stride(), x.offset(), Shape.getOrder(x.shape(), x.stride(), 1));
    }

    /** An array of its own in the memory of one whose elements lie in C order one after another. */
    static INDArray over(INDArray x) {
        return packed(Nd4j.create(Nd4j.createBuffer(start(x), x.length(), x.dataType())), 0, x.shape());
    }

    /** Where the first element of an array lies. */
    static Pointer start(INDArray x) {
        return x.offset() == 0 ? x.data().pointer() : x.data().addressPointer();
    }

    /** Where the memory begins of which an array may be a part. */
    static long base(INDArray x) {
        return x.data().pointer().address();
    }

    /** An array's memory as native code sees it, from where the array begins; no array may be empty here. */
    static OpaqueDataBuffer memory(INDArray x) {
        return ((BaseCpuDataBuffer) x.data()).getOpaqueDataBuffer();
    }

    /** The dtype and shape of an array. @throws LaminaException DTYPE for a dtype that Lamina has not */
    static TensorType type(INDArray x) {
        return new TensorType(dtype(x.dataType()), org.lamina.Shape.of(x.shape()));
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

    /** Lamina's name of a dtype. @throws LaminaException DTYPE if it has none */
    static DType dtype(DataType type) {
        return Arrays.stream(DType.values())
                .filter(dtype -> dataType(dtype) == type)
                .findFirst()
                .orElseThrow(
                        () -> new LaminaException(
                                ErrorCode.DTYPE,
                                "dtype: ND4J's " + type + " has no equal among " + Arrays.toString(DType.values())
                                        + ", so nothing was computed. Cast the array, or give the network the data type FLOAT or DOUBLE."));
    }

    /** The memory of an array without gaps, which must be kept from being closed and collected. */
    static ByteBuffer bytes(INDArray array) {
        return new BytePointer(array.data().addressPointer())
                .capacity(array.length() * array.dataType().width())
                .asByteBuffer()
                .order(ByteOrder.nativeOrder());
    }

    /** As {@link #bytes}, of an array that has elements, is no view and is in no program, with fewer objects. */
    static ByteBuffer ownBytes(INDArray array) {
        return array.data().pointer().asByteBuffer();
    }

    /**
     * The array, still owned by this.
     *
     * @throws LaminaException if this is closed
     */
    synchronized INDArray array() {
        INDArray open = array;
        if (open == null) {
            throw new LaminaException(
                    ErrorCode.CLOSED,
                    "array " + type + " of dl4j was closed, so its values are gone. Close it after its last use.");
        }
        return open;
    }

    /** True if the elements lie in C order one after another, as they do in all arrays but those of networks. */
    boolean isContiguous() {
        return pool != null || isContiguous(array());
    }

    @Override
    public TensorType type() {
        return type;
    }

    @Override
    public HostArray download() {
        INDArray open = array();
        if (open.isEmpty()) {
            return HostArray.full(type, 0);
        }
        return HostArray.of(type, pool == null ? bytes(open) : ownBytes(open));
    }

    @Override
    public synchronized void close() {
        INDArray open = array;
        if (open != null) {
            array = null;
            OPEN.decrementAndGet();
            giveBack(open);
        }
    }

    private void giveBack(INDArray open) {
        if (pool == null) {
            open.close();
        } else {
            pool.give(type, open);
        }
    }
}
