package org.lamina.dl4j;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.spi.NativeArray;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.TransformOp;

/** Computes at once and writes down what it did, as a program for other inputs of the same types. */
final class Dl4jRecorder implements Dl4jExecutor, AutoCloseable {
    private final Dl4jPool pool;
    private final List<NativeArray> inputs;
    private final @Nullable Dl4jSlot[] inputSlots;
    private final List<Dl4jSlot> made = new ArrayList<>();
    private final List<Dl4jSlot> outputs = new ArrayList<>();
    private final List<Dl4jStep> steps = new ArrayList<>();
    /** By the address of their memory, which is where it was as long as this records. */
    private final Map<Long, Dl4jSlot> slots = new HashMap<>();

    private final Map<TensorType, Deque<Dl4jSlot>> unused = new HashMap<>();
    /** Their elements are set once and for all. */
    private final Set<Dl4jSlot> constants = new HashSet<>();

    private boolean repeatable = true;
    private boolean finished;

    /** @param inputs all different, of what will be the program's inputs */
    Dl4jRecorder(Dl4jPool pool, List<NativeArray> inputs) {
        this.pool = pool;
        this.inputs = inputs;
        this.inputSlots = new Dl4jSlot[inputs.size()];
    }

    @Override
    public INDArray unwrap(NativeArray array) {
        INDArray memory = ((Dl4jArray) array).array();
        for (int i = 0; i < inputSlots.length; i++) {
            if (inputs.get(i) == array) {
                return inputSlot(i, memory).array();
            }
        }
        return memory;
    }

    private Dl4jSlot inputSlot(int input, INDArray memory) {
        Dl4jSlot slot = inputSlots[input];
        if (slot == null) {
            slot = slot(inputs.get(input).type(), memory);
            inputSlots[input] = slot;
        }
        return slot;
    }

    private Dl4jSlot slot(TensorType type, INDArray memory) {
        Dl4jSlot slot = new Dl4jSlot(type, memory);
        slots.put(Dl4jArray.base(slot.array()), slot);
        return slot;
    }

    /** The slot that an array is of or a view of, null if it has none. */
    private @Nullable Dl4jSlot slotOf(INDArray array) {
        return array.isEmpty() ? null : slots.get(Dl4jArray.base(array));
    }

    @Override
    public INDArray take(TensorType type) {
        if (type.shape().size() == 0) {
            repeatable = false;
            return pool.take(type);
        }
        Deque<Dl4jSlot> same = unused.get(type);
        return same == null || same.isEmpty()
                ? madeSlot(type, pool.take(type)).array()
                : same.pop().array();
    }

    private Dl4jSlot madeSlot(TensorType type, INDArray memory) {
        Dl4jSlot slot = slot(type, memory);
        made.add(slot);
        return slot;
    }

    @Override
    public INDArray take(HostArray value) {
        return constant(value.type(), pool.take(value));
    }

    @Override
    public INDArray take(DType dtype, double value) {
        return constant(new TensorType(dtype, Shape.scalar()), pool.take(dtype, value));
    }

    private INDArray constant(TensorType type, INDArray memory) {
        if (memory.isEmpty()) {
            repeatable = false;
            return memory;
        }
        Dl4jSlot slot = madeSlot(type, memory);
        constants.add(slot);
        return slot.array();
    }

    @Override
    public void give(INDArray array) {
        Dl4jSlot slot = slotOf(array);
        if (slot != null && !constants.contains(slot)) {
            unused.computeIfAbsent(slot.type(), missing -> new ArrayDeque<>()).push(slot);
        }
    }

    @Override
    public NativeArray keep(INDArray array, TensorType type) {
        Dl4jSlot slot = slotOf(array);
        if (slot == null) {
            repeatable = false;
            return new Dl4jArray(type, array, pool);
        }
        repeatable &= !constants.contains(slot);
        outputs.add(slot);
        return slot.own(pool);
    }

    @Override
    public INDArray bits(INDArray array) {
        Dl4jSlot slot = slotOf(array);
        return slot == null ? Dl4jArray.bits(array) : slot.bits(array);
    }

    @Override
    public void compute(String op, Dl4jArguments arguments, INDArray result, INDArray... operands) {
        add(new Dl4jOp(op).with(arguments).on(result, operands), result);
    }

    @Override
    public void compute(TransformOp op, INDArray result, INDArray... operands) {
        add(Dl4jTransform.of(op, result, operands), result);
    }

    private void add(Dl4jStep step, INDArray result) {
        steps.add(step);
        repeatable &= !constants.contains(slotOf(result));
        step.run();
    }

    @Override
    public void check(Dl4jStep check) {
        steps.add(check);
        check.run();
    }

    @Override
    public void notRepeatable() {
        repeatable = false;
    }

    /** The program, if what was done may be done again; it is asked for once, when all is done. */
    Optional<Dl4jProgram> program() {
        if (!repeatable) {
            return Optional.empty();
        }
        finished = true;
        List<Dl4jSlot> temporary = new ArrayList<>(made);
        temporary.removeAll(constants);
        temporary.removeAll(outputs);
        return Optional.of(new Dl4jProgram(
                pool, Arrays.asList(inputSlots), temporary, outputs, List.copyOf(constants), List.copyOf(steps)));
    }

    /** Gives back what is nobody's: all but outputs, and the constants of a program. */
    @Override
    public void close() {
        if (finished) {
            made.removeAll(constants);
        } else {
            steps.forEach(Dl4jStep::close);
        }
        made.forEach(slot -> slot.giveBack(pool));
    }
}
