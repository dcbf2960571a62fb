package org.lamina.dl4j;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Arrays that nobody uses, for whoever next needs one of the same dtype and shape. ND4J takes new memory from the operating system
 * for each large array and fills it with zeros, which takes as long as a product of matrices. For many threads.
 */
final class Dl4jPool implements AutoCloseable {
    private static final int MOST_ARRAYS = 1024;

    private final long mostBytes;
    /** The longest unused shape first. */
    private final Map<Key, Deque<INDArray>> unused = new LinkedHashMap<>(16, 0.75f, true);

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

    private record Key(DataType type, Shape shape) {
        static Key of(DataType type, long... shape) {
            return new Key(type, Shape.of(shape));
        }
    }

    /** An array in C order outside all workspaces, its elements not set, which is no other's until it is given back. */
    INDArray take(DataType type, long... shape) {
        if (Dl4jArray.isEmpty(shape)) {
            return Nd4j.create(type, shape);
        }
        INDArray array = poll(Key.of(type, shape));
        return array == null ? Dl4jArray.create(type, shape) : array;
    }

    /** A copy of an array in native memory. */
    INDArray take(HostArray source) {
        INDArray target =
                take(Dl4jArray.dataType(source.dtype()), source.shape().toArray());
        if (!target.isEmpty()) {
            source.copyTo(Dl4jArray.bytes(target));
        }
        return target;
    }

    private synchronized @Nullable INDArray poll(Key key) {
        Deque<INDArray> same = unused.get(key);
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
    synchronized void give(INDArray array) {
        if (closed || array.isEmpty()) {
            array.close();
            return;
        }
        unused.computeIfAbsent(Key.of(array.dataType(), array.shape()), missing -> new ArrayDeque<>(2))
                .push(array);
        count(array, 1);
        free(mostBytes, MOST_ARRAYS);
    }

    private void free(long mostBytes, int mostArrays) {
        Iterator<Deque<INDArray>> oldest = unused.values().iterator();
        while (oldest.hasNext() && (bytes > mostBytes || arrays > mostArrays)) {
            Deque<INDArray> same = oldest.next();
            while (!same.isEmpty() && (bytes > mostBytes || arrays > mostArrays)) {
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
