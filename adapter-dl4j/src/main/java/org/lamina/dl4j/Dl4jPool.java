package org.lamina.dl4j;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Arrays that nobody uses, for whoever next needs one of the same dtype and shape. ND4J takes new memory from the operating system
 * for each large array and fills it with zeros, which takes as long as a product of matrices. For many threads.
 */
final class Dl4jPool implements AutoCloseable {
    private static final int MOST_ARRAYS = 1024;

    private final long mostBytes;
    /** The longest unused shape first. */
    private final Map<TensorType, Deque<INDArray>> unused = new LinkedHashMap<>(16, 0.75f, true);

    private int arrays;
    private long bytes;
    private boolean closed;

    /** Keeps what is little beside the memory that this JVM may have. */
    Dl4jPool() {
        this(Math.min(256L << 20, Runtime.getRuntime().maxMemory() / 8));
    }

    Dl4jPool(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /** An array in C order outside all workspaces, its elements not set, which is no other's until it is given back. */
    INDArray take(TensorType type) {
        INDArray array = poll(type);
        return array == null ? Dl4jArray.create(type) : array;
    }

    /** A copy of an array in native memory. */
    INDArray take(HostArray source) {
        INDArray target = take(source.type());
        if (!target.isEmpty()) {
            source.copyTo(Dl4jArray.ownBytes(target));
        }
        return target;
    }

    /** A scalar. */
    INDArray take(DType dtype, double value) {
        INDArray target = take(new TensorType(dtype, Shape.scalar()));
        target.data().put(0, value);
        return target;
    }

    private synchronized @Nullable INDArray poll(TensorType type) {
        Deque<INDArray> same = unused.get(type);
        INDArray array = same == null ? null : same.poll();
        if (array != null) {
            count(array, -1);
        }
        return array;
    }

    private void count(INDArray array, int sign) {
        arrays += sign;
        bytes += sign * array.length() * array.dataType().width();
    }

    /** Takes an array back that this gave, and of which no view is used any more. */
    synchronized void give(TensorType type, INDArray array) {
        if (closed || array.isEmpty()) {
            array.close();
            return;
        }
        unused.computeIfAbsent(type, missing -> new ArrayDeque<>(2)).push(array);
        count(array, 1);
        if (isFull(mostBytes, MOST_ARRAYS)) {
            free(mostBytes, MOST_ARRAYS);
        }
    }

    private boolean isFull(long mostBytes, int mostArrays) {
        return bytes > mostBytes || arrays > mostArrays;
    }

    private void free(long mostBytes, int mostArrays) {
        Iterator<Deque<INDArray>> oldest = unused.values().iterator();
        while (oldest.hasNext() && isFull(mostBytes, mostArrays)) {
            Deque<INDArray> same = oldest.next();
            while (!same.isEmpty() && isFull(mostBytes, mostArrays)) {
                INDArray array = same.pop();
                count(array, -1);
                array.close();
            }
            if (same.isEmpty()) {
                oldest.remove();
            }
        }
    }

    /** How many bytes are kept. */
    synchronized long bytes() {
        return bytes;
    }

    /** Frees what is unused now, and later what is given back. */
    @Override
    public synchronized void close() {
        closed = true;
        free(0, 0);
    }
}
