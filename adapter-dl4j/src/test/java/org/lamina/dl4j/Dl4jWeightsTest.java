package org.lamina.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.lamina.Backend;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.io.Bundle;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.LayerNorm;
import org.lamina.layers.MyDense;
import org.lamina.layers.Sequential;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Weights move from networks of Deeplearning4j to neutral models and back. */
class Dl4jWeightsTest {
    private static final Backend BACKEND = Backend.load("dl4j");

    @AfterAll
    static void close() {
        BACKEND.close();
    }

    private static MultiLayerNetwork network(long seed) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(seed)
                .list()
                .layer(new LSTM.Builder().nOut(5).activation(Activation.TANH).build())
                .layer(new Dl4jLayer.Builder(new LayerNorm(1e-3)).build())
                .layer(new LastTimeStep(
                        new LSTM.Builder().nOut(4).activation(Activation.TANH).build()))
                .layer(new BatchNormalization())
                .layer(new DenseLayer.Builder()
                        .nOut(6)
                        .activation(Activation.RELU)
                        .build())
                .layer(new Dl4jLayer.Builder(Sequential.of(new MyDense(3), new CenteredLayer())).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.recurrent(3, 7))
                .build());
        network.init();
        return network;
    }

    private static HostArray output(MultiLayerNetwork network, HostArray x) {
        return Dl4jArray.host(network.output(Dl4jArray.copy(x).permute(0, 2, 1)));
    }

    private static Model model(MultiLayerNetwork network, HostArray x, long seed) {
        return BACKEND.model(Dl4jWeights.bundle(network).layer()).initialize(List.of(x.type()), seed);
    }

    @Test
    void aNetworksWeightsGoToAModelAndBack() {
        HostArray x = HostArray.normal(Shape.of(2, 7, 3), 1);
        MultiLayerNetwork network = network(1);
        MultiLayerNetwork other = network(2);
        assertThat(Dl4jArray.host(other.params())).isNotEqualTo(Dl4jArray.host(network.params()));
        try (Model model = model(network, x, 5)) {
            Dl4jWeights.copy(network, model);
            // Two float32 runs of a few layers.
            assertThat(model.predict(x).toFloats())
                    .containsExactly(output(network, x).toFloats(), within(2e-6f));
            Dl4jWeights.copy(model, other);
        }
        assertThat(output(other, x)).isEqualTo(output(network, x));
        assertThat(Dl4jArray.host(other.params())).isEqualTo(Dl4jArray.host(network.params()));
    }

    @Test
    void aModelsWeightsGoToANetwork() {
        HostArray x = HostArray.normal(Shape.of(2, 7, 3), 1);
        MultiLayerNetwork network = network(1);
        try (Model model = model(network, x, 5)) {
            Dl4jWeights.copy(model, network);
            assertThat(output(network, x).toFloats())
                    .containsExactly(model.predict(x).toFloats(), within(2e-6f));
            Bundle bundle = Dl4jWeights.bundle(network);
            assertThat(bundle.weights().tensors().get("2.weightInput")).isEqualTo(model.parameter("2.weightInput"));
            assertThat(bundle.weights().tensors().get("6.0.weight")).isEqualTo(model.parameter("6.0.weight"));
            assertThat(Dl4jWeights.of(network.getLayer(5))).containsEntry("0.weight", model.parameter("6.0.weight"));
        }
    }

    @Test
    void whatDoesNotFitIsListedAndNothingIsSet() {
        MultiLayerNetwork network = network(1);
        HostArray before = Dl4jArray.host(network.params());
        try (Model model = BACKEND.model(new MyDense(3)).initialize(Shape.of(2, 3), 1)) {
            assertThatThrownBy(() -> Dl4jWeights.copy(model, network))
                    .isInstanceOf(LaminaException.class)
                    .hasMessageContaining("missing 0.weightCell float32 (3, 5)")
                    .hasMessageContaining("unexpected weight float32 (3, 3)");
        }
        assertThatThrownBy(() -> Dl4jWeights.set(network.getLayer(5), Map.of()))
                .hasMessageContaining("missing 0.weight float32 (6, 3)");
        assertThatThrownBy(() -> Dl4jWeights.of(network.getLayer(0))).hasMessageContaining("is no layer of Lamina's");
        assertThat(Dl4jArray.host(network.params())).isEqualTo(before);
    }

    @Test
    void layersAndVerticesOfAGraphAreReadAndSetOneByOne() {
        ComputationGraph graph = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .updater(new Sgd(0.1))
                .graphBuilder()
                .addInputs("x")
                .addLayer("dense", new Dl4jLayer.Builder(new MyDense(4)).build(), "x")
                .addVertex("mixed", new Dl4jVertex(new SampleLayers.Mixture(5)), "dense", "x")
                .addLayer(
                        "y",
                        new OutputLayer.Builder(LossFunction.MSE)
                                .nOut(2)
                                .activation(Activation.IDENTITY)
                                .build(),
                        "mixed")
                .setOutputs("y")
                .setInputTypes(InputType.feedForward(3))
                .build());
        graph.init();
        ComputationGraph frozen = new TransferLearning.GraphBuilder(graph)
                .setFeatureExtractor("mixed")
                .build();
        for (String name : List.of("dense", "mixed")) {
            Map<String, HostArray> weights = Dl4jWeights.of(graph.getVertex(name));
            assertThat(Dl4jWeights.of(frozen.getVertex(name))).isEqualTo(weights);
            weights.replaceAll((path, value) -> HostArray.full(value.type(), 0.5));
            Dl4jWeights.set(graph.getVertex(name), weights);
            assertThat(Dl4jWeights.of(graph.getVertex(name))).isEqualTo(weights);
        }
        assertThat(Dl4jWeights.of(graph.getVertex("mixed")))
                .containsOnlyKeys("first", "second_one", "bias_all", "steps");
        assertThat(graph.params().getDouble(0)).isEqualTo(0.5);
    }
}
