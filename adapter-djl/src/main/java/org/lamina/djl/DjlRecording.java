package org.lamina.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamina.TensorType;
import org.lamina.graph.Cast;
import org.lamina.graph.MatMul;
import org.lamina.graph.Op;

/** What differs where DJL records: writing that it does not see, and ops of which it would record something else. */
final class DjlRecording {
    private final NDManager manager;
    private final boolean mxnet;

    DjlRecording(NDManager manager, boolean mxnet) {
        this.manager = manager;
        this.mxnet = mxnet;
    }

    /** An array with one value, and the derivative that was recorded for another. */
    NDArray carry(NDArray recorded, NDArray value) {
        // An array of its own, which no op keeps for its derivative: writing into it changes nothing else.
        NDArray carried = recorded.add(0);
        write(value, carried);
        return carried;
    }

    /** Writes into an array's memory without recording it. PyTorch's copyTo would give the array new memory instead. */
    void write(NDArray value, NDArray target) {
        if (value.size() == 0) {
            return;
        }
        try (NDArray memory = target.stopGradient()) {
            if (mxnet) {
                value.copyTo(memory);
            } else {
                memory.set(new NDIndex("..."), value);
            }
        }
    }

    /** The result of an op that is lowered in another way where DJL records, null for the usual way. */
    @Nullable
    NDArray lower(DjlLowering lowering, Op op, TensorType type, List<NDArray> operands) {
        if (op instanceof Cast) {
            return cast(type, operands.get(0));
        }
        return mxnet && op instanceof MatMul ? product(lowering, type, operands) : null;
    }

    /** PyTorch's toType switches recording off; MXNet records one to integers as if it were smooth. */
    private @Nullable NDArray cast(TensorType type, NDArray x) {
        if (!x.getDataType().isFloating()) {
            return null;
        }
        if (!type.dtype().isFloating()) {
            return x.stopGradient().toType(DjlArray.dataType(type.dtype()), true);
        }
        if (mxnet || x.size() == 0) {
            return null;
        }
        NDArray result = manager.zeros(x.getShape(), DjlArray.dataType(type.dtype()));
        result.set(new NDIndex("..."), x);
        return result;
    }

    /** MXNet adds up the wrong batches where both operands broadcast. */
    private static NDArray product(DjlLowering lowering, TensorType type, List<NDArray> operands) {
        long[] batch = Arrays.copyOf(type.shape().toArray(), type.shape().rank() - 2);
        return lowering.matmul(widened(lowering, operands.get(0), batch), widened(lowering, operands.get(1), batch));
    }

    private static NDArray widened(DjlLowering lowering, NDArray x, long[] batch) {
        Shape shape = x.getShape();
        Shape matrix = shape.slice(shape.dimension() - 2);
        Shape wide = new Shape(batch).addAll(matrix);
        return shape.equals(wide) ? x : lowering.broadcast(x, org.lamina.Shape.of(wide.getShape()));
    }
}
