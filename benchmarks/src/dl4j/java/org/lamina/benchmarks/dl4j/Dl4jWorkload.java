package org.lamina.benchmarks.dl4j;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.HostArray;
import org.lamina.benchmarks.Batch;
import org.lamina.benchmarks.HeapBatch;
import org.lamina.benchmarks.Network;
import org.lamina.benchmarks.Workload;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A MultiLayerNetwork. */
final class Dl4jWorkload implements Workload {
    private static final List<String> ORDER = List.of("gamma", "beta", "W", "weight", "b", "bias");

    private final MultiLayerNetwork network;
    private List<HeapBatch> batches = List.of();

    Dl4jWorkload(Network network, Map<String, HostArray> weights) {
        this.network = new MultiLayerNetwork(Dl4jNetworks.configuration(network));
        this.network.init();
        fill(weights);
    }

    private void fill(Map<String, HostArray> weights) {
        Iterator<HostArray> values = weights.values().iterator();
        for (Layer layer : network.getLayers()) {
            Map<String, INDArray> parameters = layer.paramTable();
            for (String name : ORDER) {
                INDArray parameter = parameters == null ? null : parameters.get(name);
                if (parameter != null) {
                    float[] value = values.next().toFloats();
                    parameter.assign(Nd4j.create(value, parameter.shape(), 'c'));
                }
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
        try (INDArray x = Nd4j.create(heap.inputs(), heap.inputShape(), 'c');
                INDArray y = network.output(x)) {
            return y.data().asFloat();
        }
    }

    @Override
    public float[] values(Object outputs) {
        return (float[]) outputs;
    }

    @Override
    public double step(int batch) {
        HeapBatch heap = batches.get(batch);
        try (INDArray x = Nd4j.create(heap.inputs(), heap.inputShape(), 'c');
                INDArray target = Nd4j.create(heap.targets(), heap.targetShape(), 'c')) {
            network.fit(x, target);
            return network.score();
        }
    }

    @Override
    public void close() {
        network.close();
    }
}
