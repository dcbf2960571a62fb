package org.lamina.benchmarks;

import java.util.List;
import java.util.Map;
import org.lamina.Backend;
import org.lamina.HostArray;
import org.lamina.Model;
import org.lamina.train.Loss;
import org.lamina.train.Sgd;
import org.lamina.train.Trainer;

/** A network as a neutral model on a backend of its own. */
public final class NeutralWorkload implements Workload {
    private final Backend backend;
    private final Model model;
    private final Trainer trainer;
    private List<Batch> batches = List.of();

    private NeutralWorkload(Backend backend, Network network) {
        this.backend = backend;
        this.model = backend.model(network.layer()).initialize(network.inputs(network.batch()), 42);
        this.trainer = Trainer.of(model, Loss.meanSquaredError(), new Sgd(LEARNING_RATE), 1);
    }

    /** Opens a network on a backend; weights are drawn from seed 42. */
    public static NeutralWorkload open(String backend, Network network) {
        Backend loaded = Backend.load(backend);
        try {
            return new NeutralWorkload(loaded, network);
        } catch (RuntimeException e) {
            loaded.close();
            throw e;
        }
    }

    /** The weights by path. */
    public Map<String, HostArray> weights() {
        return model.parameters();
    }

    @Override
    public void prepare(List<Batch> prepared) {
        batches = List.copyOf(prepared);
    }

    @Override
    public Object forward(int batch) {
        return model.predict(batches.get(batch).inputs());
    }

    @Override
    public float[] values(Object outputs) {
        return ((HostArray) outputs).toFloats();
    }

    @Override
    public double step(int batch) {
        return trainer.step(batches.get(batch).inputs(), batches.get(batch).targets());
    }

    @Override
    public void close() {
        trainer.close();
        model.close();
        backend.close();
    }
}
