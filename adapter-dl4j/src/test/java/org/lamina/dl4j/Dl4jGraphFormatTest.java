package org.lamina.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.assertj.core.data.Offset;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.Backend;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.io.ArchiveEntry;
import org.lamina.io.Bundle;
import org.lamina.layers.Residual;
import org.lamina.layers.Sequential;
import org.lamina.port.NativeModel;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Graphs that Deeplearning4j itself made give its own outputs as layers of Lamina. */
class Dl4jGraphFormatTest {
    private static final ElementWiseVertex ADD = new ElementWiseVertex(ElementWiseVertex.Op.Add);

    @TempDir
    private Path folder;

    private final Dl4jFormat format = new Dl4jFormat();

    private static GraphBuilder graph() {
        return new NeuralNetConfiguration.Builder().seed(7).graphBuilder().addInputs("in");
    }

    private Path save(GraphBuilder builder) throws IOException {
        ComputationGraph network = new ComputationGraph(builder.build());
        network.init();
        // Other values for each parameter, so that none can take another's place.
        network.setParams(network.params().add(0.05));
        Path file = folder.resolve("graph.zip");
        network.save(file.toFile());
        return file;
    }

    private static ConvolutionLayer convolution(int filters, Activation activation) {
        return new ConvolutionLayer.Builder(3, 3)
                .nOut(filters)
                .padding(1, 1)
                .activation(activation)
                .build();
    }

    private static DenseLayer dense(int units, Activation activation) {
        return new DenseLayer.Builder().nOut(units).activation(activation).build();
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build();
    }

    /** Compares every vertex that Deeplearning4j shows with the neutral model up to there. */
    private Bundle requireEqualOutputs(Path file, HostArray x) {
        Bundle model = format.read(file, null);
        Sequential net = (Sequential) model.layer();
        try (Backend backend = Backend.load("dl4j");
                NativeModel framework = format.open(file, null).orElseThrow()) {
            NativeModel.Results results = framework.run(x, x);
            assertThat(results.outputs())
                    .containsKey(Integer.toString(net.layers().size() - 1));
            results.outputs().forEach((path, expected) -> {
                Sequential first = new Sequential(net.layers().subList(0, Integer.parseInt(path) + 1));
                try (Model prefix = backend.model(first).initialize(List.of(x.type()), 1)) {
                    prefix.declarations()
                            .forEach(declaration -> prefix.setParameter(
                                    declaration.path(), model.weights().tensor(declaration.path())));
                    HostArray got = prefix.predict(List.of(x)).get(0);
                    assertThat(got.shape()).as(path).isEqualTo(expected.shape());
                    assertThat(got.toFloats()).as(path).containsExactly(expected.toFloats(), Offset.offset(2e-6f));
                }
            });
        }
        return model;
    }

    private static GraphBuilder residual() {
        return graph().addLayer("stem", convolution(4, Activation.RELU), "in")
                .addLayer("one", convolution(4, Activation.IDENTITY), "stem")
                .addLayer("norm", new BatchNormalization.Builder().build(), "one")
                .addLayer("two", convolution(4, Activation.IDENTITY), "norm")
                .addVertex("add", ADD, "two", "stem")
                .addLayer("relu", new ActivationLayer(Activation.RELU), "add")
                .addLayer("left", convolution(2, Activation.TANH), "relu")
                .addLayer("deep", convolution(5, Activation.RELU), "relu")
                .addLayer("right", convolution(3, Activation.IDENTITY), "deep")
                .addVertex("merge", new MergeVertex(), "left", "relu", "right")
                .addLayer("dense", dense(6, Activation.TANH), "merge")
                .addLayer("out", output(), "dense")
                .setOutputs("out");
    }

    @Test
    void branchesThatAreAddedOrMergedGiveTheirOutputs() throws IOException {
        Path file = save(residual().setInputTypes(InputType.convolutional(6, 6, 1)));
        Bundle model = requireEqualOutputs(file, HostArray.normal(Shape.of(3, 1, 6, 6), 3));
        assertThat(((Sequential) model.layer()).layers().get(2)).isInstanceOf(Residual.class);
        assertThat(model.weights().tensors())
                .containsKeys("0.weight", "2.layer.0.weight", "2.layer.1.gamma", "2.layer.2.bias", "4.0.2.2.weight");
    }

    @Test
    void imagesGivenAsRowsAreTakenAsImages() throws IOException {
        Path file = save(residual().setInputTypes(InputType.convolutionalFlat(6, 6, 1)));
        requireEqualOutputs(file, HostArray.normal(Shape.of(3, 1, 6, 6), 3));
    }

    @Test
    void aShortcutWithLayersAndBranchesWithinBranches() throws IOException {
        Path file = save(graph().addLayer("a", dense(4, Activation.TANH), "in")
                .addLayer("b", dense(4, Activation.SIGMOID), "a")
                .addVertex("inner", ADD, "a", "b")
                .addLayer("c", dense(4, Activation.IDENTITY), "in")
                .addVertex("outer", ADD, "inner", "c")
                .addLayer("out", output(), "outer")
                .setOutputs("out")
                .setInputTypes(InputType.feedForward(5)));
        requireEqualOutputs(file, HostArray.normal(Shape.of(3, 5), 3));
    }

    @Test
    void sequencesAreMergedAlongTheirFeatures() throws IOException {
        LSTM.Builder recurrent = new LSTM.Builder().activation(Activation.TANH);
        Path file = save(graph().addLayer("a", recurrent.nOut(4).build(), "in")
                .addLayer("b", recurrent.nOut(3).build(), "in")
                .addVertex("merge", new MergeVertex(), "a", "b", "in")
                .addLayer(
                        "out",
                        new RnnOutputLayer.Builder(LossFunction.MSE)
                                .nOut(2)
                                .activation(Activation.IDENTITY)
                                .build(),
                        "merge")
                .setOutputs("out")
                .setInputTypes(InputType.recurrent(5)));
        requireEqualOutputs(file, HostArray.normal(Shape.of(3, 6, 5), 3));
    }

    @Test
    void aGraphBecomesANetworkOfTheSameOutputs() throws IOException {
        HostArray x = HostArray.normal(Shape.of(2, 1, 6, 6), 3);
        Path file = save(residual().setInputTypes(InputType.convolutional(6, 6, 1)));
        Path network = folder.resolve("network.zip");
        format.write(format.read(file, null), network, List.of(x.type()));
        assertThat(format.read(network, null).weights().tensors())
                .isEqualTo(format.read(file, null).weights().tensors());
        try (NativeModel source = format.open(file, null).orElseThrow();
                NativeModel target = format.open(network, null).orElseThrow()) {
            HostArray expected = last(source.run(x, x));
            assertThat(last(target.run(x, x)).toFloats()).containsExactly(expected.toFloats(), Offset.offset(2e-6f));
        }
    }

    private static HostArray last(NativeModel.Results results) {
        String last = Integer.toString(results.outputs().keySet().stream()
                .mapToInt(Integer::parseInt)
                .max()
                .orElseThrow());
        return Objects.requireNonNull(results.outputs().get(last));
    }

    @Test
    void allThatHasNoEqualIsListed() throws IOException {
        Path file = save(graph().addInputs("more")
                .addLayer("a", dense(4, Activation.GELU), "in")
                .addVertex("norm", new L2NormalizeVertex(), "a")
                .addVertex("less", new ElementWiseVertex(ElementWiseVertex.Op.Subtract), "norm", "more")
                .addLayer("out", output(), "less")
                .setOutputs("out")
                .setInputTypes(InputType.feedForward(5), InputType.feedForward(4)));
        assertThatThrownBy(() -> format.read(file, null))
                .isInstanceOf(LaminaException.class)
                .hasMessageContaining("vertex a (DenseLayer): there is no equal of the activation")
                .hasMessageContaining("vertex norm (L2NormalizeVertex): there is no equal")
                .hasMessageContaining("vertex less (ElementWiseVertex): its op is Subtract of 2 inputs")
                .hasMessageContaining("it has the inputs [in, more] and the outputs [out]");
    }

    @Test
    void branchesThatCrossAreListed() throws IOException {
        Path file = save(graph().addLayer("a", dense(4, Activation.TANH), "in")
                .addLayer("b", dense(4, Activation.TANH), "a")
                .addLayer("c", dense(4, Activation.TANH), "b")
                .addVertex("one", ADD, "a", "c")
                .addVertex("two", ADD, "b", "one")
                .addLayer("out", output(), "two")
                .setOutputs("out")
                .setInputTypes(InputType.feedForward(5)));
        assertThatThrownBy(() -> format.read(file, null))
                .hasMessageContaining("branches that share it are not joined again in one place");
    }

    @Test
    void anOrderThatIsNoneAndForeignClassesAreRefused() throws IOException {
        Path file = save(residual().setInputTypes(InputType.convolutional(6, 6, 1)));
        byte[] whole = Files.readAllBytes(file);
        change(file, text -> text.replaceAll("(?s)\"topologicalOrderStr\"[^]]*]", "\"topologicalOrderStr\" : [ ]"));
        assertThatThrownBy(() -> format.read(file, null)).hasMessageContaining("does not have all vertices");
        Files.write(file, whole);
        change(
                file,
                text -> text.replaceAll(
                        "(?s)\"topologicalOrderStr\" : \\[ \"in\", \"stem\"",
                        "\"topologicalOrderStr\" : [ \"stem\", \"in\""));
        assertThatThrownBy(() -> format.read(file, null)).hasMessageContaining("vertex stem is out of order");
        Files.write(file, whole);
        change(file, text -> text.replace("org.deeplearning4j.nn.conf.graph.MergeVertex", "java.net.URL"));
        assertThatThrownBy(() -> format.read(file, null))
                .hasMessageContaining("vertex merge (java.net.URL): there is no equal of java.net.URL");
        assertThatThrownBy(() -> format.open(file, null)).isInstanceOf(LaminaException.class);
    }

    private static void change(Path file, UnaryOperator<String> change) throws IOException {
        String text = new String(ArchiveEntry.read(file, Dl4jFormat.CONFIGURATION), StandardCharsets.UTF_8);
        byte[] coefficients = ArchiveEntry.read(file, Dl4jFormat.COEFFICIENTS);
        assertThat(change.apply(text)).isNotEqualTo(text);
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry(Dl4jFormat.CONFIGURATION));
            zip.write(change.apply(text).getBytes(StandardCharsets.UTF_8));
            zip.putNextEntry(new ZipEntry(Dl4jFormat.COEFFICIENTS));
            zip.write(coefficients);
        }
    }
}
