package org.lamina.dl4j;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.Lowering;
import org.lamina.spi.EagerRun;
import org.lamina.spi.NativeArray;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.TransformOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The native memory of one call: every array it made and nobody took out. ND4J's ops write into arrays made here, since what
 * they would make themselves waits for the garbage collector.
 */
final class Dl4jRun implements EagerRun<INDArray> {
    private static final AtomicLong OPEN = new AtomicLong();

    private final Dl4jExecutor executor;
    private final Dl4jLowering lowering = new Dl4jLowering(this);
    private final Lowering<INDArray> overFirst = new Dl4jLowering(lowering, 0);
    private final Lowering<INDArray> overSecond = new Dl4jLowering(lowering, 1);
    /** What is made and neither freed nor taken out, an unfinished computation's after that of those it is part of. */
    private final List<INDArray> owned = new ArrayList<>();
    /** Where the innermost unfinished computation's begin. */
    private int own;
    /** Keeps arrays out of a workspace that the calling thread may have open. */
    private final MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces();

    Dl4jRun(Dl4jExecutor executor) {
        OPEN.incrementAndGet();
        this.executor = executor;
    }

    /** How many are not closed yet. */
    static long open() {
        return OPEN.get();
    }

    @Override
    public String backend() {
        return Dl4jProvider.NAME;
    }

    @Override
    public Lowering<INDArray> lowering() {
        return lowering;
    }

    @Override
    public Lowering<INDArray> overwriting(int operand) {
        return operand == 0 ? overFirst : overSecond;
    }

    /** An array of this run, in C order, its elements not set; no memory if it has none. */
    INDArray create(DataType type, long... shape) {
        return owned(executor.take(new TensorType(Dl4jArray.dtype(type), Shape.of(shape))));
    }

    /** A copy of an array in memory of this run. */
    INDArray create(HostArray value) {
        return owned(executor.take(value));
    }

    private INDArray owned(INDArray array) {
        owned.add(array);
        return array;
    }

    /** A scalar of this run. */
    INDArray scalar(DataType type, double value) {
        return owned(executor.take(Dl4jArray.dtype(type), value));
    }

    /** Frees all that a computation makes but its result. */
    INDArray tidy(Supplier<INDArray> computation) {
        int outer = own;
        own = owned.size();
        try {
            INDArray result = computation.get();
            int position = position(result);
            if (position >= 0) {
                Collections.swap(owned, own, position);
                own++;
            }
            return result;
        } finally {
            free(own);
            own = outer;
        }
    }

    /** Where an array of the innermost computation is, -1 if it is another's. */
    private int position(INDArray array) {
        int position = owned.size() - 1;
        while (position >= own && owned.get(position) != array) {
            position--;
        }
        return position >= own ? position : -1;
    }

    private void free(int from) {
        for (int i = owned.size() - 1; i >= from; i--) {
            executor.give(owned.remove(i));
        }
    }

    /** Writes what an op without arguments computes into an array. */
    INDArray exec(String op, INDArray result, INDArray... operands) {
        return exec(op, Dl4jArguments.NONE, result, operands);
    }

    /** Writes what an op computes into an array. */
    INDArray exec(String op, Dl4jArguments arguments, INDArray result, INDArray... operands) {
        if (!result.isEmpty()) {
            executor.compute(op, arguments, result, operands);
        }
        return result;
    }

    /** Writes what an op of ND4J's older kind computes into an array. */
    INDArray exec(TransformOp op, INDArray result, INDArray... operands) {
        if (!result.isEmpty()) {
            executor.compute(op, result, operands);
        }
        return result;
    }

    /** A view of numbers as the integers that have the same bits; no array may be empty here. */
    INDArray bits(INDArray array) {
        return executor.bits(array);
    }

    /** Looks at elements, and throws if something is wrong with them. */
    void check(Dl4jStep check) {
        executor.check(check);
    }

    /** To be called by what computes without this, or decides by elements what is computed. */
    void notRepeatable() {
        executor.notRepeatable();
    }

    @Override
    public INDArray unwrap(NativeArray array) {
        return executor.unwrap(array);
    }

    @Override
    public void release(INDArray array) {
        if (remove(array)) {
            executor.give(array);
        }
    }

    private boolean remove(INDArray array) {
        int position = position(array);
        if (position >= 0) {
            owned.remove(position);
        }
        return position >= 0;
    }

    @Override
    public NativeArray keep(INDArray array, TensorType type) {
        remove(array);
        return executor.keep(array, type);
    }

    @Override
    public INDArray copy(INDArray array) {
        return exec(Dl4jLowering.ASSIGN, create(array.dataType(), array.shape()), array);
    }

    @Override
    public void close() {
        OPEN.decrementAndGet();
        free(0);
        outside.close();
        executor.end();
    }
}
