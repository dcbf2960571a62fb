package org.lamina.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.assertj.core.data.Offset;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.Backend;
import org.lamina.Gradients;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.io.ArchiveEntry;
import org.lamina.io.Bundle;
import org.lamina.layer.Layer;
import org.lamina.layers.AvgPool2d;
import org.lamina.layers.BatchNorm;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Conv2d;
import org.lamina.layers.Dense;
import org.lamina.layers.Embedding;
import org.lamina.layers.Flatten;
import org.lamina.layers.Gelu;
import org.lamina.layers.GlobalAveragePool;
import org.lamina.layers.GroupNorm;
import org.lamina.layers.Gru;
import org.lamina.layers.LayerNorm;
import org.lamina.layers.Lstm;
import org.lamina.layers.MaxPool2d;
import org.lamina.layers.MyDense;
import org.lamina.layers.Permute;
import org.lamina.layers.Relu;
import org.lamina.layers.Sequential;
import org.lamina.layers.Softmax;
import org.lamina.layers.Tanh;
import org.lamina.port.NativeModel;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Networks that Deeplearning4j itself made, and those made for it, give its own outputs. */
class Dl4jFormatTest {
    /** Two float32 runs of a few layers. */
    private static final double ERROR = 2e-6;

    @TempDir
    private Path folder;

    private final Dl4jFormat format = new Dl4jFormat();

    private static NeuralNetConfiguration.ListBuilder list() {
        return new NeuralNetConfiguration.Builder().seed(7).list();
    }

    private Path save(NeuralNetConfiguration.ListBuilder layers) throws IOException {
        MultiLayerNetwork network = new MultiLayerNetwork(layers.build());
        network.init();
        // Biases start at 0, which would hide a bias that is lost.
        network.setParams(network.params().add(0.05));
        Path file = folder.resolve("net.zip");
        network.save(file.toFile());
        return file;
    }

    private static NeuralNetConfiguration.ListBuilder lenet() {
        return list().layer(new ConvolutionLayer.Builder(3, 3)
                        .nOut(4)
                        .padding(1, 1)
                        .activation(Activation.RELU)
                        .build())
                .layer(new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                        .kernelSize(2, 2)
                        .stride(2, 2)
                        .build())
                .layer(new BatchNormalization.Builder().build())
                .layer(new ConvolutionLayer.Builder(2, 3)
                        .nOut(5)
                        .activation(Activation.SIGMOID)
                        .build())
                .layer(new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.AVG)
                        .kernelSize(2, 2)
                        .stride(1, 1)
                        .build())
                .layer(new DenseLayer.Builder()
                        .nOut(6)
                        .dropOut(0.8)
                        .activation(Activation.TANH)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build());
    }

    /** Compares every layer that Deeplearning4j shows with the neutral model up to there, and all gradients of the whole. */
    private void requireEqualOutputs(Path file, HostArray x) {
        Bundle model = format.read(file, null);
        Sequential net = (Sequential) model.layer();
        try (Backend backend = Backend.load("dl4j");
                Model own = backend.model(net)
                        .initialize(List.of(x.type()), model.weights().tensors());
                NativeModel framework = format.open(file, null).orElseThrow()) {
            HostArray dy = HostArray.normal(own.predict(x).shape(), 4);
            NativeModel.Results results = framework.run(x, dy);
            assertThat(results.outputs()).isNotEmpty();
            results.outputs().forEach((path, expected) -> {
                Sequential first = new Sequential(net.layers().subList(0, Integer.parseInt(path) + 1));
                try (Model prefix = backend.model(first).initialize(List.of(x.type()), 1)) {
                    prefix.declarations()
                            .forEach(declaration -> prefix.setParameter(
                                    declaration.path(), model.weights().tensor(declaration.path())));
                    requireClose(path, prefix.predict(List.of(x)).get(0), expected);
                }
            });
            Gradients expected = own.gradients(List.of(x), List.of(dy));
            results.gradients()
                    .forEach((path, gradient) -> requireClose(
                            "gradient of " + path,
                            gradient,
                            path.equals("x")
                                    ? Objects.requireNonNull(expected.inputs().get(0))
                                    : Objects.requireNonNull(
                                            expected.parameters().get(path))));
        }
    }

    private static void requireClose(String path, HostArray got, HostArray expected) {
        assertThat(got.shape()).as(path).isEqualTo(expected.shape());
        double scale = Arrays.stream(expected.toDoubles()).map(Math::abs).max().orElse(0);
        assertThat(got.toDoubles())
                .as(path)
                .containsExactly(expected.toDoubles(), Offset.offset(ERROR * Math.max(1, scale)));
    }

    @Test
    void aLenetOfItsOwnGivesItsOutputs() throws IOException {
        Path file = save(lenet().setInputType(InputType.convolutional(8, 8, 1)));
        assertThat(format.read(file, null).layer().toString())
                .contains("Conv2d", "MaxPool2d", "BatchNorm", "AvgPool2d", "Flatten", "Dropout", "Softmax");
        requireEqualOutputs(file, HostArray.normal(Shape.of(3, 1, 8, 8), 3));
    }

    @Test
    void imagesGivenAsRowsAreTakenAsImages() throws IOException {
        Path file = save(lenet().setInputType(InputType.convolutionalFlat(8, 8, 1)));
        requireEqualOutputs(file, HostArray.normal(Shape.of(3, 1, 8, 8), 3));
    }

    @Test
    void recurrentLayersOfItsOwnGiveTheirOutputs() throws IOException {
        Path file = save(list().layer(new LSTM.Builder()
                        .nIn(4)
                        .nOut(5)
                        .activation(Activation.TANH)
                        .build())
                .layer(new LastTimeStep(new SimpleRnn.Builder()
                        .nIn(5)
                        .nOut(3)
                        .activation(Activation.TANH)
                        .build()))
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(3)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build()));
        requireEqualOutputs(file, HostArray.normal(Shape.of(3, 6, 4), 3));
    }

    /** Its sequences have the time last, where its softmax runs. */
    @Test
    void aSoftmaxOfSequencesRunsAlongTheTime() throws IOException {
        Path file = save(list().layer(new LSTM.Builder()
                        .nIn(4)
                        .nOut(5)
                        .activation(Activation.TANH)
                        .build())
                .layer(new ActivationLayer(Activation.SOFTMAX))
                .layer(new RnnOutputLayer.Builder(LossFunction.MSE)
                        .nIn(5)
                        .nOut(2)
                        .activation(Activation.IDENTITY)
                        .build()));
        assertThat(((Sequential) format.read(file, null).layer()).layers())
                .filteredOn(Permute.class::isInstance)
                .hasSize(2);
        requireEqualOutputs(file, HostArray.normal(Shape.of(3, 5, 4), 3));
    }

    @Test
    void aMeanOverTimeFollowsAnEmbedding() throws IOException {
        Path file = save(
                list().layer(new EmbeddingSequenceLayer.Builder().nIn(7).nOut(3).build())
                        .layer(new GlobalPoolingLayer.Builder(PoolingType.AVG).build())
                        .layer(new OutputLayer.Builder(LossFunction.MSE)
                                .nIn(3)
                                .nOut(2)
                                .activation(Activation.IDENTITY)
                                .build()));
        requireEqualOutputs(file, HostArray.of(Shape.of(2, 3), 1L, 2L, 3L, 6L, 5L, 0L));
    }

    private Bundle bundle(Layer layer, HostArray x) {
        try (Backend backend = Backend.load("dl4j");
                Model model = backend.model(layer)) {
            return Bundle.of(model.initialize(List.of(x.type()), 5));
        }
    }

    private void requireThereAndBack(Layer layer, HostArray x) throws IOException {
        Bundle model = bundle(layer, x);
        Path file = folder.resolve("there.zip");
        format.write(model, file);
        byte[] bytes = Files.readAllBytes(file);
        Bundle back = format.read(file, null);
        assertThat(back.weights().tensors())
                .containsExactlyInAnyOrderEntriesOf(model.weights().tensors());
        requireEqualOutputs(file, x);
        format.write(model, file);
        assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
    }

    @Test
    void layersGoThereAndBack() throws IOException {
        List<Long> two = List.of(2L, 2L);
        requireThereAndBack(
                Sequential.of(
                        new Conv2d(4, List.of(3L, 2L)),
                        new Relu(),
                        new MaxPool2d(two),
                        new BatchNorm(1e-4, 0.8, false),
                        new AvgPool2d(two, List.of(1L, 1L)),
                        new Flatten(),
                        new Dense(5),
                        new Tanh(),
                        new Dense(3),
                        new Softmax()),
                HostArray.normal(Shape.of(2, 3, 9, 8), 1));
        requireThereAndBack(
                Sequential.of(new Conv2d(4, two), new GlobalAveragePool(), new Dense(2)),
                HostArray.normal(Shape.of(2, 3, 5, 5), 1));
        requireThereAndBack(
                Sequential.of(new Lstm(5), new org.lamina.layers.SimpleRnn(4), new Lstm(3, false), new Dense(2)),
                HostArray.normal(Shape.of(2, 6, 4), 1));
        requireThereAndBack(Sequential.of(new Lstm(5), new Dense(2)), HostArray.normal(Shape.of(2, 6, 4), 1));
        requireThereAndBack(
                Sequential.of(new Embedding(7, 4), new Lstm(3, false)),
                HostArray.of(Shape.of(2, 3), 1L, 2L, 3L, 6L, 5L, 0L));
    }

    @Test
    void layersWithoutAnEqualGoThereAndBackAsLaminasOwn() throws IOException {
        requireThereAndBack(
                Sequential.of(
                        new Dense(4),
                        new LayerNorm(1e-5),
                        new Gelu(),
                        new CenteredLayer(),
                        Sequential.of(new MyDense(3), new Tanh()),
                        new Dense(2)),
                HostArray.normal(Shape.of(3, 4), 1));
        requireThereAndBack(
                Sequential.of(new Lstm(5), new LayerNorm(1e-5), new Dense(4), new Gru(3, true, true), new Flatten()),
                HostArray.normal(Shape.of(2, 6, 4), 1));
        requireThereAndBack(
                Sequential.of(
                        new Conv2d(4, List.of(2L, 2L), List.of(1L, 1L), List.of(List.of(0L, 1L), List.of(1L, 0L))),
                        new GroupNorm(2, 1e-5),
                        new Relu(),
                        new Flatten(),
                        new Dense(2)),
                HostArray.normal(Shape.of(2, 3, 5, 5), 1));
    }

    /** Their parameters depend on the length, which Deeplearning4j would guess. */
    @Test
    void whatFollowsASequenceOfKnownLengthGoesThereAndBack() throws IOException {
        HostArray x = HostArray.normal(Shape.of(2, 5, 3), 1);
        requireThereAndBack(Sequential.of(new Lstm(4), new GlobalAveragePool()), x);
        requireThereAndBack(Sequential.of(new Lstm(4), new BatchNorm(1e-3)), x);
        requireThereAndBack(Sequential.of(new Lstm(4), new Flatten(), new Dense(3)), x);
        requireThereAndBack(Sequential.of(new Lstm(4), new org.lamina.layers.Conv1d(4, 3)), x);
    }

    @Test
    void anArchitectureBesideTheFilesOwnIsRefused() throws IOException {
        Path file = folder.resolve("net.zip");
        Layer layer = Sequential.of(new Dense(3));
        format.write(bundle(layer, HostArray.normal(Shape.of(2, 4), 1)), file);
        assertThat(format.read(file, layer).layer()).isEqualTo(layer);
        assertThatThrownBy(() -> format.read(file, Sequential.of(new Dense(3), new Tanh())))
                .hasMessageContaining("it says itself what its layers are");
    }

    @Test
    void allThatHasNoEqualIsListed() throws IOException {
        HostArray x = HostArray.normal(Shape.of(2, 4), 1);
        Layer twice = (scope, y) -> y.mul(2);
        Bundle model = bundle(Sequential.of(new Dense(4), twice, new Dense(3), twice), x);
        assertThatThrownBy(() -> format.write(model, folder.resolve("none.zip")))
                .hasMessageContaining(
                        "Deeplearning4j has no layer of this kind; and Lamina's own layer: layer.json: the layer "
                                + "is a lambda")
                .hasMessageContaining("1: (")
                .hasMessageContaining("3: (");
        Path file = save(list().layer(new ConvolutionLayer.Builder(3, 3)
                        .nIn(1)
                        .nOut(2)
                        .activation(Activation.GELU)
                        .build())
                .layer(new LocalResponseNormalization())
                .setInputType(InputType.convolutional(8, 8, 1)));
        assertThatThrownBy(() -> format.read(file, null))
                .hasMessageContaining("layer 0 (ConvolutionLayer): there is no equal of the activation")
                .hasMessageContaining("layer 1 (LocalResponseNormalization): there is no equal");
    }

    @Test
    void aClassThatTheFileNamesIsNeverLoaded() throws IOException {
        Path file = save(lenet().setInputType(InputType.convolutional(8, 8, 1)));
        String text = new String(ArchiveEntry.read(file, "configuration.json"), StandardCharsets.UTF_8);
        byte[] coefficients = ArchiveEntry.read(file, "coefficients.bin");
        Loaded.count = 0;
        rezip(
                file,
                text.replace("org.nd4j.linalg.activations.impl.ActivationTanH", Loaded.class.getName()),
                coefficients);
        assertThatThrownBy(() -> format.read(file, null)).hasMessageContaining(Loaded.class.getName());
        rezip(
                file,
                text.replace("org.deeplearning4j.nn.weights.WeightInitXavier", Loaded.class.getName()),
                coefficients);
        assertThat(format.read(file, null).weights().tensors()).isNotEmpty();
        assertThatThrownBy(() -> format.open(file, null))
                .isInstanceOf(LaminaException.class)
                .hasMessageContaining("none of Deeplearning4j's configurations");
        assertThat(Loaded.count).isZero();
    }

    /** What a hostile file would have loaded. */
    static final class Loaded {
        static int count;

        Loaded() {
            count++;
        }
    }

    @Test
    void damagedCoefficientsAreRefused() throws IOException {
        Path file = save(lenet().setInputType(InputType.convolutional(8, 8, 1)));
        String text = new String(ArchiveEntry.read(file, "configuration.json"), StandardCharsets.UTF_8);
        byte[] coefficients = ArchiveEntry.read(file, "coefficients.bin");
        for (int length = 0; length < coefficients.length; length += 1 + coefficients.length / 30) {
            rezip(file, text, Arrays.copyOf(coefficients, length));
            assertThatThrownBy(() -> format.read(file, null)).isInstanceOf(LaminaException.class);
        }
        rezip(file, text.replace("\"nout\" : 6", "\"nout\" : 2000000000"), coefficients);
        assertThatThrownBy(() -> format.read(file, null))
                .isInstanceOf(LaminaException.class)
                .hasMessageContaining("ends before");
        rezip(file, text.substring(0, text.length() / 2), coefficients);
        assertThatThrownBy(() -> format.read(file, null)).hasMessageContaining("not well-formed JSON");
    }

    private static void rezip(Path file, String configuration, byte[] coefficients) throws IOException {
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("configuration.json"));
            zip.write(configuration.getBytes(StandardCharsets.UTF_8));
            zip.putNextEntry(new ZipEntry("coefficients.bin"));
            zip.write(coefficients);
        }
    }
}
