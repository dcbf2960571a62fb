package org.lamina.benchmarks;

import java.util.List;

/** What is there before a workload is opened. */
enum NoWorkload implements Workload {
    INSTANCE;

    @Override
    public void prepare(List<Batch> batches) {
        throw new IllegalStateException("not opened");
    }

    @Override
    public Object forward(int batch) {
        throw new IllegalStateException("not opened");
    }

    @Override
    public float[] values(Object outputs) {
        throw new IllegalStateException("not opened");
    }

    @Override
    public double step(int batch) {
        throw new IllegalStateException("not opened");
    }

    @Override
    public void close() {}
}
