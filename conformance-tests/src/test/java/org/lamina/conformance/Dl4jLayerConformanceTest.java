package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.lamina.DType;
import org.lamina.Gradients;
import org.lamina.HostArray;
import org.lamina.dl4j.Dl4jLayer;
import org.lamina.dl4j.Dl4jWeights;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Every layer that a network of DL4J can have, as a layer of one: what it gives, and what it passes back. */
class Dl4jLayerConformanceTest {
    /** A layer of a network has one float input and one output; a vertex has more, and its own tests. */
    private static final Set<String> NO_LAYERS = Set.of("Embedding", "MultiHeadAttention of three", "Parallel");

    @TestFactory
    @Rule({"13.1", "13.2", "13.3"})
    Stream<DynamicTest> everyLayerConformsAsALayerOfANetwork() {
        return Stream.concat(ChapterLayers.onDigits().stream(), LibraryLayers.all().stream())
                .filter(layer -> !NO_LAYERS.contains(layer.name()))
                .flatMap(layer -> Stream.of(DType.FLOAT32, DType.FLOAT64)
                        .map(dtype ->
                                dynamicTest(layer.name() + " " + dtype, () -> check(few(layer.subject()), dtype))));
    }

    private static LayerCase few(LayerCase subject) {
        return subject.withFewerRows().orElse(subject);
    }

    private static void check(LayerCase subject, DType dtype) {
        LayerTruth truth = new LayerTruth(subject, dtype, work -> {});
        MultiLayerNetwork network = network(subject, truth.inputs().get(0), dtype);
        Map<String, HostArray> weights = subject.values(dtype);
        Dl4jWeights.set(network.getLayer(0), weights);
        assertThat(Dl4jWeights.of(network.getLayer(0))).isEqualTo(weights);
        Gradients got = run(network.getLayer(0), truth);
        assertThat(truth.trainedGradients(got, truth.outputs(got.outputs())).failure())
                .isEmpty();
        if (network.numParams() > 0) { // without any, close fails in DL4J
            network.close();
        }
    }

    private static MultiLayerNetwork network(LayerCase subject, HostArray input, DType dtype) {
        long[] shape = input.shape().toArray();
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .dataType(dtype == DType.FLOAT64 ? DataType.DOUBLE : DataType.FLOAT)
                .list()
                .layer(new Dl4jLayer.Builder(subject.layer().get())
                        .inputShape(Arrays.copyOfRange(shape, 1, shape.length))
                        .build())
                .build());
        network.init();
        network.initGradientsView();
        return network;
    }

    private static Gradients run(Layer layer, LayerTruth truth) {
        LayerWorkspaceMgr workspaces = LayerWorkspaceMgr.noWorkspaces();
        INDArray x = Dl4jArrays.turned(Dl4jArrays.upload(truth.inputs().get(0)));
        INDArray y = layer.activate(x, false, workspaces);
        HostArray output = Dl4jArrays.host(Dl4jArrays.turned(y));
        INDArray cotangent =
                Dl4jArrays.turned(Dl4jArrays.upload(truth.cotangents().get(0)));
        Pair<Gradient, INDArray> passed = layer.backpropGradient(cotangent, workspaces);
        Map<String, HostArray> byParameters = new LinkedHashMap<>();
        passed.getFirst()
                .gradientForVariable()
                .forEach((key, value) -> byParameters.put(key.replace('~', '_'), Dl4jArrays.host(value)));
        HostArray byInput = Dl4jArrays.host(Dl4jArrays.turned(passed.getSecond()));
        return new Gradients(List.of(output), List.of(byInput), byParameters);
    }
}
