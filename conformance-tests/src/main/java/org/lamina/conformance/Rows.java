package org.lamina.conformance;

import java.nio.ByteBuffer;
import org.lamina.HostArray;
import org.lamina.TensorType;

/** Parts of an array along its first axis. */
final class Rows {
    private Rows() {}

    /** The first rows. */
    static HostArray first(HostArray array, long count) {
        TensorType type = array.type().with(array.shape().with(0, count));
        return HostArray.of(type, array.buffer().limit((int) count * rowBytes(array)));
    }

    /** All but the first rows. */
    static HostArray after(HostArray array, long count) {
        TensorType type = array.type().with(array.shape().with(0, array.shape().extent(0) - count));
        return HostArray.of(type, array.buffer().position((int) count * rowBytes(array)));
    }

    /** The rows of one array, then those of another. */
    static HostArray join(HostArray first, HostArray second) {
        long rows = first.shape().extent(0) + second.shape().extent(0);
        ByteBuffer joined = ByteBuffer.allocate(Math.toIntExact(rows * rowBytes(first)));
        joined.put(first.buffer()).put(second.buffer());
        return HostArray.of(first.type().with(first.shape().with(0, rows)), joined.flip());
    }

    /** The rows from the last to the first. */
    static HostArray reverse(HostArray array) {
        int bytes = rowBytes(array);
        int rows = (int) array.shape().extent(0);
        ByteBuffer reversed = ByteBuffer.allocate(rows * bytes);
        for (int row = rows - 1; row >= 0; row--) {
            reversed.put(array.buffer().limit((row + 1) * bytes).position(row * bytes));
        }
        return HostArray.of(array.type(), reversed.flip());
    }

    /** The first row, in place of every other row too. */
    static HostArray repeatFirst(HostArray array) {
        int bytes = rowBytes(array);
        int rows = (int) array.shape().extent(0);
        ByteBuffer repeated = ByteBuffer.allocate(rows * bytes);
        for (int row = 0; row < rows; row++) {
            repeated.put(array.buffer().limit(bytes));
        }
        return HostArray.of(array.type(), repeated.flip());
    }

    /** All rows, several times. */
    static HostArray repeat(HostArray array, long times) {
        TensorType type =
                array.type().with(array.shape().with(0, times * array.shape().extent(0)));
        ByteBuffer repeated = ByteBuffer.allocate(
                Math.toIntExact(type.shape().size() * type.dtype().bytes()));
        while (repeated.hasRemaining()) {
            repeated.put(array.buffer());
        }
        return HostArray.of(type, repeated.flip());
    }

    private static int rowBytes(HostArray array) {
        return Math.toIntExact(
                        array.type().with(array.shape().with(0, 1)).shape().size())
                * array.dtype().bytes();
    }
}
