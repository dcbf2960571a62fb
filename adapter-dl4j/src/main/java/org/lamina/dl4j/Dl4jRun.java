package org.lamina.dl4j;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.lamina.graph.Lowering;
import org.lamina.spi.EagerRun;
import org.lamina.spi.NativeArray;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The native memory of one call: every array it made and nobody took out. ND4J's ops write into arrays made here, since what
 * they would make themselves waits for the garbage collector.
 */
final class Dl4jRun implements EagerRun<INDArray> {
    private static final AtomicLong OPEN = new AtomicLong();

    private final Queue<Contexts> pool;
    private final Contexts contexts;
    private final Lowering<INDArray> lowering = new Dl4jLowering(this);
    /** What each unfinished computation has made, the innermost first. */
    private final Deque<Set<INDArray>> owned = new ArrayDeque<>();
    /** Keeps arrays out of a workspace that the calling thread may have open. */
    private final MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces();

    /** Opens a run with op contexts from a pool. */
    Dl4jRun(Queue<Contexts> pool) {
        OPEN.incrementAndGet();
        this.pool = pool;
        Contexts free = pool.poll();
        this.contexts = free == null ? new Contexts() : free;
        owned.push(identitySet());
    }

    /** ND4J frees an op's context only after the garbage collector has found it, so contexts are used again. For one thread. */
    static final class Contexts {
        private final Map<String, CustomOp> ops = new HashMap<>();
        private final Map<String, OpContext> contexts = new HashMap<>();

        private CustomOp op(String name) {
            return ops.computeIfAbsent(
                    name, missing -> DynamicCustomOp.builder(missing).build());
        }

        private OpContext context(String name) {
            return contexts.computeIfAbsent(name, missing -> {
                OpContext context = Nd4j.getExecutioner().buildContext();
                context.shapeFunctionOverride(true);
                return context;
            });
        }
    }

    private static Set<INDArray> identitySet() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
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

    /** An array of this run, in C order, its elements not set; no memory if it has none. */
    INDArray create(DataType type, long... shape) {
        return Dl4jArray.isEmpty(shape) ? Nd4j.create(type, shape) : own(Dl4jArray.create(type, shape));
    }

    /** Makes this run the owner of an array that is no view. */
    INDArray own(INDArray made) {
        owned.element().add(made);
        return made;
    }

    /** Frees all that a computation makes but its result. */
    INDArray tidy(Supplier<INDArray> computation) {
        owned.push(identitySet());
        try {
            INDArray result = computation.get();
            if (owned.element().remove(result)) {
                owned.stream().skip(1).findFirst().orElseThrow().add(result);
            }
            return result;
        } finally {
            owned.pop().forEach(INDArray::close);
        }
    }

    /** Writes what an op without arguments computes into an array. */
    INDArray exec(String op, INDArray result, INDArray... operands) {
        return exec(op, context -> {}, result, operands);
    }

    /** Writes what an op computes into an array; arguments of an op are either always given or never. */
    INDArray exec(String op, Consumer<OpContext> arguments, INDArray result, INDArray... operands) {
        if (!result.isEmpty()) {
            OpContext context = contexts.context(op);
            arguments.accept(context);
            exec(op, context, () -> Nd4j.getExecutioner().exec(contexts.op(op), context), result, operands);
        }
        return result;
    }

    /** Writes what an op of ND4J's older kind computes into an array. */
    INDArray exec(Op op, INDArray result, INDArray... operands) {
        if (!result.isEmpty()) {
            OpContext context = contexts.context("");
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
        if (!context.getIArguments().equals(Arrays.stream(values).boxed().toList())) {
            context.setIArguments(values);
        }
    }

    /** Sets an op's floating arguments. */
    static void reals(OpContext context, double... values) {
        if (!context.getTArguments().equals(Arrays.stream(values).boxed().toList())) {
            context.setTArguments(values);
        }
    }

    /** Sets an op's boolean argument. */
    static void flag(OpContext context, boolean value) {
        if (!context.getBArguments().equals(Collections.singletonList(value))) {
            context.setBArguments(value);
        }
    }

    @Override
    public INDArray unwrap(NativeArray array) {
        return ((Dl4jArray) array).array();
    }

    @Override
    public void release(INDArray array) {
        if (owned.element().remove(array)) {
            array.close();
        }
    }

    @Override
    public NativeArray keep(INDArray array, TensorType type) {
        owned.element().remove(array);
        return new Dl4jArray(type, array);
    }

    @Override
    public INDArray copy(INDArray array) {
        return exec(Dl4jLowering.ASSIGN, create(array.dataType(), array.shape()), array);
    }

    @Override
    public void close() {
        OPEN.decrementAndGet();
        owned.forEach(arrays -> arrays.forEach(INDArray::close));
        owned.clear();
        outside.close();
        pool.add(contexts);
    }
}
