package org.lamina.benchmarks.dl4j;

import java.util.List;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLayer;
import org.lamina.benchmarks.Network;
import org.lamina.benchmarks.Workload;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The networks of DL4J's native layers, and of SameDiff layers where it has none. */
final class Dl4jNetworks {
    private Dl4jNetworks() {}

    static MultiLayerConfiguration configuration(Network network) {
        return switch (network) {
            case MY_LINEAR -> network(
                    InputType.feedForward(64), slowed(new MyLinearLayer(64, 8), 4), slowed(new MyLinearLayer(8, 1), 2), loss());
            case MLP_256 -> network(InputType.feedForward(256), dense(256), output(256));
            case MLP_1024 -> network(InputType.feedForward(1024), dense(1024), output(1024));
            case NORM_GELU -> network(InputType.feedForward(256), slowed(new NormGeluLayer(256, 256), 2), loss());
            case CONVOLUTION -> network(
                    InputType.convolutional(32, 32, 3),
                    convolution(16, 1),
                    convolution(32, 2),
                    convolution(32, 1),
                    new GlobalPoolingLayer.Builder(PoolingType.AVG).build(),
                    output(10));
        };
    }

    private static MultiLayerConfiguration network(InputType input, Layer... layers) {
        NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Sgd(Workload.LEARNING_RATE))
                .list();
        List.of(layers).forEach(list::layer);
        return list.setInputType(input).build();
    }

    /** DL4J doubles the gradients that pass through a SameDiff layer; a smaller rate leaves the losses right. */
    private static Layer slowed(SameDiffLayer layer, int factor) {
        layer.setUpdater(new Sgd(Workload.LEARNING_RATE / factor));
        return layer;
    }

    private static Layer dense(int units) {
        return new DenseLayer.Builder().nOut(units).activation(Activation.RELU).build();
    }

    private static Layer output(int units) {
        return new OutputLayer.Builder(LossFunction.MSE)
                .nOut(units)
                .activation(Activation.IDENTITY)
                .build();
    }

    private static Layer loss() {
        return new LossLayer.Builder(LossFunction.MSE)
                .activation(Activation.IDENTITY)
                .build();
    }

    private static Layer convolution(int filters, int stride) {
        return new ConvolutionLayer.Builder(3, 3)
                .nOut(filters)
                .stride(stride, stride)
                .padding(1, 1)
                .convolutionMode(ConvolutionMode.Truncate)
                .activation(Activation.RELU)
                .build();
    }
}
