package org.lamina.benchmarks;

import java.util.List;

/** One network with weights on one framework, by one way of writing it. For one thread at a time, except {@link #forward}. */
public interface Workload extends AutoCloseable {
    /** The learning rate of {@link #step}. */
    double LEARNING_RATE = 0.01;

    /** Brings batches into the form in which this side's users hold them on the heap; not measured. */
    void prepare(List<Batch> batches);

    /** The outputs for one of the batches, on the heap in this side's usual form. For many threads. */
    Object forward(int batch);

    /** What {@link #forward} gave, as rows of numbers. */
    float[] values(Object outputs);

    /** One step of plain gradient descent on the mean squared error over all numbers; gives the loss before the step. */
    double step(int batch);

    @Override
    void close();
}
