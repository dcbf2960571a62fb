package org.lamina.benchmarks.djl;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.L2Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.util.Pair;
import java.nio.FloatBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lamina.HostArray;
import org.lamina.benchmarks.Batch;
import org.lamina.benchmarks.HeapBatch;
import org.lamina.benchmarks.Network;
import org.lamina.benchmarks.Workload;

/** A model of DJL: its block for outputs; its trainer, from the first step on, for training. */
final class DjlWorkload implements Workload {
    private final Model model;
    private final Block block;
    private final Shape inputShape;
    private final ParameterStore parameters;
    private @Nullable Trainer trainer;
    private List<HeapBatch> batches = List.of();

    DjlWorkload(String engine, Network network, Map<String, HostArray> weights) {
        model = Model.newInstance(network.name(), Device.cpu(), engine);
        block = DjlNetworks.block(network);
        model.setBlock(block);
        inputShape = new Shape(network.inputs(network.batch()).toArray());
        block.initialize(model.getNDManager(), DataType.FLOAT32, inputShape);
        parameters = new ParameterStore(model.getNDManager(), false);
        fill(weights);
    }

    private void fill(Map<String, HostArray> weights) {
        Iterator<HostArray> values = weights.values().iterator();
        try (NDManager manager = model.getNDManager().newSubManager()) {
            for (Pair<String, Parameter> parameter : block.getParameters()) {
                HostArray value = values.next();
                NDArray copy = manager.create(value.toFloats(), new Shape(value.shape().toArray()));
                // DJL keeps a linear layer's weight as (units, inputs).
                boolean transposed = parameter.getKey().matches("\\d+Linear_weight");
                NDArray array = transposed ? copy.transpose() : copy;
                parameter.getValue().getArray().set(FloatBuffer.wrap(array.toFloatArray()));
            }
        }
    }

    @Override
    public void prepare(List<Batch> prepared) {
        batches = prepared.stream().map(HeapBatch::of).toList();
    }

    @Override
    public Object forward(int batch) {
        HeapBatch heap = batches.get(batch);
        try (NDManager manager = model.getNDManager().newSubManager()) {
            NDArray x = manager.create(heap.inputs(), new Shape(heap.inputShape()));
            return block.forward(parameters, new NDList(x), false)
                    .singletonOrThrow()
                    .toFloatArray();
        }
    }

    @Override
    public float[] values(Object outputs) {
        return (float[]) outputs;
    }

    private Trainer trainer() {
        if (trainer == null) {
            trainer = model.newTrainer(new DefaultTrainingConfig(new L2Loss("squares", 1))
                    .optDevices(new Device[] {Device.cpu()})
                    .optOptimizer(Optimizer.sgd()
                            .setLearningRateTracker(Tracker.fixed((float) LEARNING_RATE))
                            .build()));
            trainer.initialize(inputShape);
        }
        return trainer;
    }

    @Override
    public double step(int batch) {
        HeapBatch heap = batches.get(batch);
        Trainer training = trainer();
        try (NDManager manager = training.getManager().newSubManager()) {
            NDArray x = manager.create(heap.inputs(), new Shape(heap.inputShape()));
            NDArray target = manager.create(heap.targets(), new Shape(heap.targetShape()));
            float value;
            try (GradientCollector collector = training.newGradientCollector()) {
                NDArray loss = training.getLoss().evaluate(new NDList(target), training.forward(new NDList(x)));
                collector.backward(loss);
                value = loss.getFloat();
            }
            training.step();
            return value;
        }
    }

    @Override
    public void close() {
        if (trainer != null) {
            trainer.close();
        }
        model.close();
    }
}
