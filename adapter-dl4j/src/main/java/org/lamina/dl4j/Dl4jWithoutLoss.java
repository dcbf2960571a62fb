package org.lamina.dl4j;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A network whose last layer is dense where it was an output layer, as Deeplearning4j differentiates nothing but the loss of one that
 * ends with a loss. The parameters are the same, in the same order.
 */
final class Dl4jWithoutLoss {
    private Dl4jWithoutLoss() {}

    static MultiLayerNetwork of(MultiLayerNetwork network) {
        MultiLayerConfiguration given = network.getLayerWiseConfigurations();
        List<NeuralNetConfiguration> layers = given.getConfs();
        int last = layers.size() - 1;
        Layer output = layers.get(last).getLayer();
        NeuralNetConfiguration.ListBuilder builder = new NeuralNetConfiguration.Builder()
                .seed(0)
                .dataType(network.params().dataType())
                .list()
                .overrideNinUponBuild(false);
        for (int i = 0; i < last; i++) {
            builder.layer(layers.get(i).getLayer().clone());
        }
        Map<Integer, InputPreProcessor> preprocessors = new HashMap<>(given.getInputPreProcessors());
        builder.layer(output instanceof BaseOutputLayer dense ? dense(dense) : output.clone());
        if (output instanceof RnnOutputLayer) {
            preprocessors.put(last, new RnnToFeedForwardPreProcessor());
            preprocessors.put(last + 1, new FeedForwardToRnnPreProcessor());
            builder.layer(new ActivationLayer(Dl4jActivations.identity()));
        }
        preprocessors.forEach(builder::inputPreProcessor);
        MultiLayerNetwork open =
                new MultiLayerNetwork(builder.validateOutputLayerConfig(false).build());
        open.init();
        try (INDArray parameters = network.params().dup()) {
            open.setParams(parameters);
        }
        return open;
    }

    private static DenseLayer dense(BaseOutputLayer output) {
        return new DenseLayer.Builder()
                .nIn(output.getNIn())
                .nOut(output.getNOut())
                .activation(output.getActivationFn())
                .build();
    }
}
