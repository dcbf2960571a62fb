package org.lamina.dl4j;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.lamina.graph.Lowering;
import org.lamina.spi.EagerRun;
import org.lamina.spi.NativeArray;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * The native memory of one call: every array it made and nobody took out. ND4J's ops write into arrays made here, since what
 * they would make themselves waits for the garbage collector.
 */
final class Dl4jRun implements EagerRun<INDArray> {
    private static final AtomicLong OPEN = new AtomicLong();

    private static final NativeOps NATIVE = NativeOpsHolder.getInstance().getDeviceNativeOps();

    private final Queue<Contexts> unused;
    private final Contexts contexts;
    private final Dl4jPool pool;
    private final Dl4jLowering lowering = new Dl4jLowering(this);
    private final Lowering<INDArray> overFirst = new Dl4jLowering(lowering, 0);
    private final Lowering<INDArray> overSecond = new Dl4jLowering(lowering, 1);
    /** What is made and neither freed nor taken out, an unfinished computation's after that of those it is part of. */
    private final List<INDArray> owned = new ArrayList<>();
    /** Where the innermost unfinished computation's begin. */
    private int own;
    /** Keeps arrays out of a workspace that the calling thread may have open. */
    private final MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces();

    /** Opens a run with op contexts that no other run uses, and arrays of a pool. */
    Dl4jRun(Queue<Contexts> unused, Dl4jPool pool) {
        OPEN.incrementAndGet();
        this.unused = unused;
        this.pool = pool;
        Contexts free = unused.poll();
        this.contexts = free == null ? new Contexts() : free;
    }

    /** ND4J frees an op's context only after the garbage collector has found it, so contexts are used again. For one thread. */
    static final class Contexts {
        private final Map<String, Prepared> newer = new HashMap<>();
        private final OpContext older = context();

        private Prepared op(String name) {
            return newer.computeIfAbsent(
                    name,
                    missing -> new Prepared(
                            DynamicCustomOp.builder(missing).build().opHash(), context()));
        }

        private static OpContext context() {
            OpContext context = Nd4j.getExecutioner().buildContext();
            context.shapeFunctionOverride(true);
            return context;
        }
    }

    /** An op by the number that ND4J knows it by, and what it works on. */
    private record Prepared(long hash, OpContext context) {}

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
        INDArray array = pool.take(type, shape);
        owned.add(array);
        return array;
    }

    /** A copy of an array in memory of this run. */
    INDArray create(HostArray value) {
        INDArray array = pool.take(value);
        owned.add(array);
        return array;
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
            pool.give(owned.remove(i));
        }
    }

    /** Writes what an op without arguments computes into an array. */
    INDArray exec(String op, INDArray result, INDArray... operands) {
        return exec(op, context -> {}, result, operands);
    }

    /** Writes what an op computes into an array; arguments of an op are either always given or never. */
    INDArray exec(String op, Consumer<OpContext> arguments, INDArray result, INDArray... operands) {
        if (!result.isEmpty()) {
            Prepared prepared = contexts.op(op);
            arguments.accept(prepared.context());
            exec(op, prepared.context(), () -> exec(prepared), result, operands);
        }
        return result;
    }

    /** What ND4J's executioner does too, beside making lists and names for its profiler. */
    private static void exec(Prepared op) {
        if (NATIVE.execCustomOp2(null, op.hash(), op.context().contextPointer()) != 0) {
            throw new IllegalStateException(NATIVE.lastErrorMessage());
        }
    }

    /** Writes what an op of ND4J's older kind computes into an array. */
    INDArray exec(Op op, INDArray result, INDArray... operands) {
        if (!result.isEmpty()) {
            OpContext context = contexts.older;
            exec(op.opName(), context, () -> Nd4j.getExecutioner().exec(op, context), result, operands);
        }
        return result;
    }

    private static void exec(String op, OpContext context, Runnable work, INDArray result, INDArray... operands) {
        try {
            context.setInputArrays(operands);
            context.setOutputArrays(result);
            work.run();
        } catch (RuntimeException e) {
            throw new LaminaException(
                    ErrorCode.BACKEND_FAILURE,
                    "backend dl4j: ND4J's op " + op + " failed: " + e.getMessage()
                            + ". Nothing was computed. Report this with the layer and the input shapes.",
                    e);
        } finally {
            context.purge();
        }
    }

    /** Sets an op's integer arguments; each call into ND4J leaves a little memory to the garbage collector. */
    static void integers(OpContext context, long... values) {
        List<Long> set = context.getIArguments();
        boolean same = set.size() == values.length;
        for (int i = 0; same && i < values.length; i++) {
            same = set.get(i) == values[i];
        }
        if (!same) {
            context.setIArguments(values);
        }
    }

    /** Sets an op's floating arguments. */
    static void reals(OpContext context, double... values) {
        List<Double> set = context.getTArguments();
        boolean same = set.size() == values.length;
        for (int i = 0; same && i < values.length; i++) {
            same = set.get(i) == values[i];
        }
        if (!same) {
            context.setTArguments(values);
        }
    }

    /** Sets an op's boolean argument. */
    static void flag(OpContext context, boolean value) {
        List<Boolean> set = context.getBArguments();
        if (set.size() != 1 || set.get(0) != value) {
            context.setBArguments(value);
        }
    }

    @Override
    public INDArray unwrap(NativeArray array) {
        return ((Dl4jArray) array).array();
    }

    @Override
    public void release(INDArray array) {
        if (remove(array)) {
            pool.give(array);
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
        return new Dl4jArray(type, array, pool::give);
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
        unused.add(contexts);
    }
}
