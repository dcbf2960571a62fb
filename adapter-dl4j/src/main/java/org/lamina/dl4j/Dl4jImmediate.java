package org.lamina.dl4j;

import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.TensorType;
import org.lamina.spi.NativeArray;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.TransformOp;

/** Computes at once, on arrays of a pool, and remembers nothing but native contexts, one for each op by name. */
final class Dl4jImmediate implements Dl4jExecutor, AutoCloseable {
    private final Dl4jPool pool;
    private final Queue<Dl4jImmediate> unused;
    private final Map<String, Dl4jOp> ops = new HashMap<>();

    /** @param unused where this goes at the end of each run, to be used again */
    Dl4jImmediate(Dl4jPool pool, Queue<Dl4jImmediate> unused) {
        this.pool = pool;
        this.unused = unused;
    }

    @Override
    public INDArray unwrap(NativeArray array) {
        return ((Dl4jArray) array).array();
    }

    @Override
    public INDArray take(TensorType type) {
        return pool.take(type);
    }

    @Override
    public INDArray take(HostArray value) {
        return pool.take(value);
    }

    @Override
    public INDArray take(DType dtype, double value) {
        return pool.take(dtype, value);
    }

    @Override
    public void give(INDArray array) {
        pool.give(Dl4jArray.type(array), array);
    }

    @Override
    public NativeArray keep(INDArray array, TensorType type) {
        return new Dl4jArray(type, array, pool);
    }

    @Override
    public INDArray bits(INDArray array) {
        return Dl4jArray.bits(array);
    }

    @Override
    public void compute(String name, Dl4jArguments arguments, INDArray result, INDArray... operands) {
        Dl4jOp op = ops.computeIfAbsent(name, Dl4jOp::new).with(arguments);
        try {
            op.on(result, operands).run();
        } finally {
            op.clear();
        }
    }

    @Override
    public void compute(TransformOp op, INDArray result, INDArray... operands) {
        Dl4jTransform.of(op, result, operands).run();
    }

    @Override
    public void check(Dl4jStep check) {
        check.run();
    }

    @Override
    public void notRepeatable() {}

    @Override
    public void end() {
        unused.add(this);
    }

    @Override
    public void close() {
        ops.values().forEach(Dl4jOp::close);
        ops.clear();
    }
}
