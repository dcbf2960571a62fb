package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.io.Bundle;
import org.lamina.port.ModelFormat;
import org.lamina.port.ModelFormats;
import org.lamina.port.NativeModel;
import org.lamina.train.Batches;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** What Deeplearning4j trained with layers of its own predicts the same in every framework that it moves to, and back. */
class Dl4jPortTest {
    private static final int CLASSES = 10;
    private static final Map<String, String> FILES = Map.of("djl", "net.params", "tf", "net");
    /** Of probabilities: the frameworks sum some 72 float32 products in an order of their own, in each of four layers. */
    private static final double ERROR = 1e-5;

    @TempDir
    private Path folder;

    private static MultiLayerNetwork lenet() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Adam(0.003))
                .list()
                .layer(new ConvolutionLayer.Builder(3, 3)
                        .nOut(8)
                        .padding(1, 1)
                        .activation(Activation.RELU)
                        .build())
                .layer(pool())
                .layer(new ConvolutionLayer.Builder(3, 3)
                        .nOut(16)
                        .activation(Activation.RELU)
                        .build())
                .layer(pool())
                .layer(new DenseLayer.Builder()
                        .nOut(32)
                        .activation(Activation.TANH)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutional(8, 8, 1))
                .build());
        network.init();
        return network;
    }

    private static SubsamplingLayer pool() {
        return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                .kernelSize(2, 2)
                .stride(2, 2)
                .build();
    }

    private static HostArray images(HostArray pixels) {
        return pixels.cast(DType.FLOAT32).reshape(Shape.of(pixels.shape().extent(0), 1, 8, 8));
    }

    private static MultiLayerNetwork trained() {
        MultiLayerNetwork network = lenet();
        Batches batches = Batches.shuffled(NativeTraining.SPLIT.training(), 64, 5);
        for (int step = 0; step < 300; step++) {
            List<HostArray> batch = batches.batch(step);
            network.fit(new DataSet(
                    Dl4jArrays.upload(images(batch.get(0))), Dl4jArrays.upload(NativeTraining.oneHot(batch.get(1)))));
        }
        return network;
    }

    @Test
    @Rule("11.6")
    void aLenetOfItsOwnLayersPredictsTheSameEverywhereAndBack() throws IOException {
        MultiLayerNetwork network = trained();
        assertThat(NativeTraining.accuracy(
                        output(network, images(NativeTraining.SPLIT.test().get(0)))))
                .isGreaterThan(0.95);
        Path first = folder.resolve("first.zip");
        network.save(first.toFile());
        HostArray all = images(Digits.load().pixels());
        assertThat(all.shape().extent(0)).isEqualTo(1797);
        HostArray expected = output(network, all);
        Path source = first;
        String from = "dl4j";
        List<TensorType> inputs = List.of(new TensorType(DType.FLOAT32, Shape.of(2, 1, 8, 8)));
        for (String to : targets()) {
            Path target = folder.resolve(FILES.getOrDefault(to, "last.zip"));
            ModelFormat format = ModelFormats.named(to);
            Bundle model = ModelFormats.named(from).read(source, null);
            format.write(model, target, inputs);
            requireEqualPredictions(to, probabilities(format, target, all), expected);
            source = target;
            from = to;
        }
        // Back in Deeplearning4j: its own file, read by its own means.
        MultiLayerNetwork back = MultiLayerNetwork.load(source.toFile(), false);
        requireEqualPredictions("the network that came back", output(back, all), expected);
    }

    /** Through all frameworks that are there, and back. */
    private static List<String> targets() {
        List<String> targets = new ArrayList<>(ModelFormats.all().stream()
                .map(ModelFormat::name)
                .filter(FILES::containsKey)
                .toList());
        targets.add("dl4j");
        return targets;
    }

    private static HostArray output(MultiLayerNetwork network, HostArray images) {
        try (INDArray input = Dl4jArrays.upload(images)) {
            return Dl4jArrays.host(network.output(input));
        }
    }

    /** The last output of the model in its own framework. */
    private static HostArray probabilities(ModelFormat format, Path file, HostArray images) {
        try (NativeModel framework = format.open(file, null).orElseThrow()) {
            Map<String, HostArray> outputs = framework
                    .run(images, HostArray.full(type(images.shape().extent(0)), 1))
                    .outputs();
            return Objects.requireNonNull(new ArrayList<>(outputs.values()).get(outputs.size() - 1));
        }
    }

    private static TensorType type(long rows) {
        return new TensorType(DType.FLOAT32, Shape.of(rows, CLASSES));
    }

    private static void requireEqualPredictions(String where, HostArray got, HostArray expected) {
        assertThat(got.type()).as(where).isEqualTo(expected.type());
        int equal = 0;
        double worst = 0;
        int rows = (int) expected.shape().extent(0);
        for (int row = 0; row < rows; row++) {
            equal += best(got, row) == best(expected, row) ? 1 : 0;
        }
        for (int i = 0; i < expected.size(); i++) {
            worst = Math.max(worst, Math.abs(got.doubleAt(i) - expected.doubleAt(i)));
        }
        assertThat(equal).as("equal predictions of %s", where).isEqualTo(rows);
        assertThat(worst).as("largest difference of probabilities of %s", where).isLessThan(ERROR);
    }

    private static int best(HostArray scores, int row) {
        int best = 0;
        for (int i = 1; i < CLASSES; i++) {
            best = scores.doubleAt(row * CLASSES + i) > scores.doubleAt(row * CLASSES + best) ? i : best;
        }
        return best;
    }
}
