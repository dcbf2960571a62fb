package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.lamina.Backend;
import org.lamina.HostArray;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.dl4j.Dl4jLayer;
import org.lamina.dl4j.Dl4jWeights;
import org.lamina.layer.Layer;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.MyDense;
import org.lamina.train.Batches;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Layers inside Deeplearning4j's own training. */
class Dl4jTrainingTest {
    private static NeuralNetConfiguration.ListBuilder list(IUpdater updater) {
        return new NeuralNetConfiguration.Builder().seed(1).updater(updater).list();
    }

    private static MultiLayerNetwork network(NeuralNetConfiguration.ListBuilder list) {
        MultiLayerNetwork network = new MultiLayerNetwork(
                list.setInputType(InputType.feedForward(64)).build());
        network.init();
        return network;
    }

    private static DenseLayer dense(int units) {
        return new DenseLayer.Builder()
                .nOut(units)
                .activation(Activation.IDENTITY)
                .build();
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(10)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static DataSet data(List<HostArray> batch) {
        return new DataSet(Dl4jArrays.upload(batch.get(0)), Dl4jArrays.upload(NativeTraining.oneHot(batch.get(1))));
    }

    @Test
    void readsDigits() {
        MultiLayerNetwork network = network(list(new Adam(0.01))
                .layer(dense(64))
                .layer(new Dl4jLayer.Builder(new CenteredLayer()).build())
                .layer(new Dl4jLayer.Builder(new MyDense(32)).build())
                .layer(output()));
        Batches batches = Batches.shuffled(NativeTraining.SPLIT.training(), 64, 5);
        for (int step = 0; step < 400; step++) {
            network.fit(data(batches.batch(step)));
        }
        HostArray pixels = NativeTraining.SPLIT.test().get(0);
        HostArray probabilities = Dl4jArrays.host(network.output(Dl4jArrays.upload(pixels)));
        assertThat(NativeTraining.accuracy(probabilities)).isGreaterThan(0.95);
    }

    /** One net of DL4J's own layers with ours between, one of ours alone, and one with states and draws. */
    @Test
    @Rule({"13.3", "13.4"})
    void lossesOfStochasticGradientDescentAreTheNeutralOnes() {
        NativeTraining.check(
                NativeTraining.CENTERED,
                Map.of("mixed", Dl4jTrainingTest::mixed, "whole", weights -> whole(NativeTraining.CENTERED, weights)));
        NativeTraining.check(
                NativeTraining.NORMALIZED, Map.of("normalized", weights -> whole(NativeTraining.NORMALIZED, weights)));
    }

    private static double[] mixed(Map<String, HostArray> weights) {
        MultiLayerNetwork network = network(list(new Sgd(NativeTraining.RATE))
                .layer(dense(16))
                .layer(new Dl4jLayer.Builder(new CenteredLayer()).build())
                .layer(new ActivationLayer(Activation.RELU))
                .layer(output()));
        try (Backend backend = Backend.load("dl4j");
                Model model = backend.model(NativeTraining.CENTERED)
                        .initialize(Shape.of(Shape.BATCH, 64), NativeTraining.SEED)) {
            model.setParameters(weights);
            Dl4jWeights.copy(model, network);
        }
        return losses(network);
    }

    private static double[] whole(Layer layer, Map<String, HostArray> weights) {
        MultiLayerNetwork network = network(list(new Sgd(NativeTraining.RATE))
                .layer(new Dl4jLayer.Builder(layer).seed(NativeTraining.SEED).build())
                .layer(new LossLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .build()));
        Dl4jWeights.set(network.getLayer(0), weights);
        return losses(network);
    }

    private static double[] losses(MultiLayerNetwork network) {
        double[] losses = new double[NativeTraining.STEPS];
        Arrays.setAll(losses, step -> {
            network.fit(data(NativeTraining.BATCHES.batch(step)));
            return network.score();
        });
        return losses;
    }
}
