package org.lamina.benchmarks.tf;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.lamina.HostArray;
import org.lamina.benchmarks.Batch;
import org.lamina.benchmarks.HeapBatch;
import org.lamina.benchmarks.Network;
import org.lamina.benchmarks.Workload;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gradients;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** One graph with its variables, the gradients that TensorFlow adds, and one session. */
final class TfWorkload implements Workload {
    private final Graph graph = new Graph();
    private final Session session = new Session(graph);
    private final Placeholder<TFloat32> x;
    private final Placeholder<TFloat32> target;
    private final Operand<TFloat32> y;
    private final Operand<TFloat32> loss;
    private final List<Op> updates = new ArrayList<>();
    private List<HeapBatch> batches = List.of();

    TfWorkload(Network network, Map<String, HostArray> weights) {
        Ops tf = Ops.create(graph);
        x = tf.placeholder(TFloat32.class, Placeholder.shape(
                Shape.of(HeapBatch.channelsLast(network.inputs(-1)).toArray())));
        target = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, network.outputs())));
        TfNetworks layers = new TfNetworks(tf, weights);
        y = layers.outputs(network, x);
        loss = tf.math.mean(tf.math.squaredDifference(y, target), tf.constant(new int[] {0, 1}));
        Gradients gradients = tf.gradients(loss, layers.reads());
        for (int i = 0; i < layers.variables().size(); i++) {
            updates.add(tf.train.resourceApplyGradientDescent(
                    layers.variables().get(i), tf.constant((float) LEARNING_RATE), gradients.dy(i)));
        }
        Session.Runner initialization = session.runner();
        layers.initializations().forEach(initialization::addTarget);
        initialization.run().close();
    }

    @Override
    public void prepare(List<Batch> prepared) {
        batches = prepared.stream().map(HeapBatch::channelsLast).toList();
    }

    @Override
    public Object forward(int batch) {
        HeapBatch heap = batches.get(batch);
        try (TFloat32 inputs = TFloat32.tensorOf(Shape.of(heap.inputShape()), DataBuffers.of(heap.inputs()));
                Result result = session.runner().feed(x, inputs).fetch(y).run()) {
            return floats(result.get(0));
        }
    }

    private static float[] floats(Tensor tensor) {
        float[] values = new float[Math.toIntExact(tensor.size())];
        tensor.asRawTensor().data().asFloats().read(values);
        return values;
    }

    @Override
    public float[] values(Object outputs) {
        return (float[]) outputs;
    }

    @Override
    public double step(int batch) {
        HeapBatch heap = batches.get(batch);
        try (TFloat32 inputs = TFloat32.tensorOf(Shape.of(heap.inputShape()), DataBuffers.of(heap.inputs()));
                TFloat32 targets = TFloat32.tensorOf(Shape.of(heap.targetShape()), DataBuffers.of(heap.targets()))) {
            Session.Runner runner =
                    session.runner().feed(x, inputs).feed(target, targets).fetch(loss);
            updates.forEach(runner::addTarget);
            try (Result result = runner.run()) {
                return ((TFloat32) result.get(0)).getFloat();
            }
        }
    }

    @Override
    public void close() {
        session.close();
        graph.close();
    }
}
