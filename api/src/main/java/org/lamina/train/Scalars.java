package org.lamina.train;

import java.util.ArrayList;
import java.util.List;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.spi.Engine;
import org.lamina.spi.NativeArray;

/** The numbers that an optimizer's rule takes in a step, in native memory, which this owns. What does not change stays there. */
final class Scalars implements AutoCloseable {
    private static final String WHOSE = "the optimizer's scalars";

    private final Engine engine;
    private final Training training;
    private final TensorType type;
    private final int count;
    private final List<NativeArray> arrays = new ArrayList<>();
    private List<Double> numbers = List.of();

    Scalars(Engine engine, Training training) {
        this.engine = engine;
        this.training = training;
        this.type = new TensorType(training.dtype(), Shape.scalar());
        this.count = count(training.optimizer());
    }

    /** How many an optimizer takes in every step. */
    static int count(Optimizer optimizer) {
        return Returned.require(optimizer.scalars(1, 1), WHOSE).size();
    }

    /** Those of a step counted from 1; they stay this one's. */
    List<NativeArray> of(long step) {
        double rate = training.optimizer().learningRate() * training.schedule().factor(step);
        List<Double> now = training.optimizer().scalars(rate, step);
        if (now == null || !areSame(now)) {
            requireNumbers(Returned.requireAll(now, count, WHOSE, "numbers of a step"), step);
            close();
            for (double number : now) {
                arrays.add(engine.upload(HostArray.full(type, number)));
            }
            numbers = List.copyOf(now);
        }
        return arrays;
    }

    private void requireNumbers(List<Double> now, long step) {
        for (double number : now) {
            if (Double.isNaN(number) || !type.dtype().holds(number)) {
                throw new LaminaException(
                        ErrorCode.DTYPE,
                        "training: the optimizer's scalars of step " + step + " are " + now + ", and " + number
                                + " is no " + type.dtype()
                                + " number; the weights are as they were. Correct the learning rate or the schedule.");
            }
        }
    }

    /** By index, as an iterator is garbage of every step. */
    private boolean areSame(List<Double> now) {
        boolean same = now.size() == numbers.size();
        for (int i = 0; same && i < now.size(); i++) {
            same = now.get(i).equals(numbers.get(i));
        }
        return same;
    }

    @Override
    public void close() {
        numbers = List.of();
        arrays.forEach(NativeArray::close);
        arrays.clear();
    }
}
