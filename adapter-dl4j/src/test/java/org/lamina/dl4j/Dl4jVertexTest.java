package org.lamina.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Concat;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.buffer.util.DataTypeUtil;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Lamina layers in a ComputationGraph, of one input and of several. */
class Dl4jVertexTest {
    private static final INDArray X = native64(HostArray.normal(Shape.of(6, 4), 1));
    private static final INDArray Y = native64(HostArray.normal(Shape.of(6, 2), 2));
    private static final DataSet BATCH = new DataSet(X, Y);

    private static INDArray native64(HostArray array) {
        return Dl4jArray.copy(array.cast(DType.FLOAT64));
    }

    private static ComputationGraph graph(IUpdater updater, double l2) {
        ComputationGraph graph = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .seed(12)
                .dataType(DataType.DOUBLE)
                .updater(updater)
                .l2(l2)
                .graphBuilder()
                .addInputs("x")
                .addLayer(
                        "a",
                        new DenseLayer.Builder()
                                .nOut(3)
                                .activation(Activation.TANH)
                                .build(),
                        "x")
                .addLayer("centered", new Dl4jLayer.Builder(new CenteredLayer()).build(), "a")
                .addVertex("mixed", new Dl4jVertex(new SampleLayers.Mixture(5)), "centered", "x")
                .addVertex("both", new Dl4jVertex(new Concat(-1)), "mixed", "a")
                .addLayer(
                        "y",
                        new OutputLayer.Builder(LossFunction.MSE)
                                .nOut(2)
                                .activation(Activation.IDENTITY)
                                .build(),
                        "both")
                .setOutputs("y")
                .setInputTypes(InputType.feedForward(4))
                .build());
        graph.init();
        return graph;
    }

    /** Deeplearning4j's getParam knows layers only. */
    private static INDArray mixed(ComputationGraph graph, String key) {
        return Objects.requireNonNull(graph.getVertex("mixed").paramTable(false).get(key));
    }

    @Test
    void deeplearning4jsOwnGradientCheckPasses() {
        DataType before = DataTypeUtil.getDtypeFromContext();
        DataTypeUtil.setDTypeForContext(DataType.DOUBLE);
        try {
            assertThat(GradientCheckUtil.checkGradients(new GradientCheckUtil.GraphConfig()
                            .net(graph(new Sgd(1), 0))
                            .inputs(new INDArray[] {X})
                            .labels(new INDArray[] {Y})
                            .epsilon(1e-6)
                            .maxRelError(1e-5)
                            .minAbsoluteError(1e-8)
                            .subset(true)
                            .maxPerParam(6)
                            .print(GradientCheckUtil.PrintMode.FAILURES_ONLY)))
                    .isTrue();
        } finally {
            DataTypeUtil.setDTypeForContext(before);
        }
    }

    @Test
    void fitsAndIsSavedLoadedAndCloned() throws IOException {
        ComputationGraph graph = graph(new Adam(0.05), 0);
        double before = graph.score(BATCH);
        INDArray weight = mixed(graph, "first").dup();
        for (int i = 0; i < 20; i++) {
            graph.fit(BATCH);
        }
        assertThat(graph.score(BATCH)).isLessThan(before);
        assertThat(Dl4jArray.host(mixed(graph, "first"))).isNotEqualTo(Dl4jArray.host(weight));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ModelSerializer.writeModel(graph, bytes, true);
        ComputationGraph loaded =
                ModelSerializer.restoreComputationGraph(new ByteArrayInputStream(bytes.toByteArray()), true);
        assertThat(loaded.getConfiguration()).isEqualTo(graph.getConfiguration());
        assertThat(Dl4jArray.host(loaded.outputSingle(X))).isEqualTo(Dl4jArray.host(graph.outputSingle(X)));
        ComputationGraph clone = graph.clone();
        assertThat(Dl4jArray.host(clone.outputSingle(X))).isEqualTo(Dl4jArray.host(graph.outputSingle(X)));
        graph.fit(BATCH);
        loaded.fit(BATCH);
        assertThat(Dl4jArray.host(loaded.params())).isEqualTo(Dl4jArray.host(graph.params()));
        assertThat(Dl4jArray.host(clone.params())).isNotEqualTo(Dl4jArray.host(graph.params()));
    }

    @Test
    void weightsOfAVertexAreRegularizedByTheGraphsSetting() {
        ComputationGraph plain = graph(new Sgd(0.1), 0);
        ComputationGraph regularized = graph(new Sgd(0.1), 0.5);
        INDArray weight = mixed(plain, "first").dup();
        plain.fit(BATCH);
        regularized.fit(BATCH);
        INDArray difference = mixed(plain, "first").sub(mixed(regularized, "first"));
        for (int i = 0; i < weight.length(); i++) {
            assertThat(difference.getDouble(i)).isCloseTo(0.05 * weight.getDouble(i), within(1e-12));
        }
        assertThat(Dl4jArray.host(mixed(regularized, "bias~all"))).isEqualTo(Dl4jArray.host(mixed(plain, "bias~all")));
        assertThat(Dl4jArray.host(mixed(regularized, "steps"))).isEqualTo(Dl4jArray.host(mixed(plain, "steps")));
        assertThat(mixed(regularized, "steps").getDouble(0)).isEqualTo(1);
    }

    @Test
    void aFrozenVertexStaysAsItIs() {
        ComputationGraph graph = graph(new Sgd(0.1), 0);
        ComputationGraph tuned = new TransferLearning.GraphBuilder(graph)
                .fineTuneConfiguration(new FineTuneConfiguration.Builder()
                        .updater(new Sgd(0.1))
                        .build())
                .setFeatureExtractor("both")
                .build();
        INDArray frozen = mixed(tuned, "first").dup();
        // Deeplearning4j makes a graph of float32 of it.
        assertThat(Dl4jArray.host(frozen))
                .isEqualTo(Dl4jArray.host(mixed(graph, "first")).cast(DType.FLOAT32));
        INDArray free = tuned.getParam("y_W").dup();
        tuned.fit(new DataSet(X.castTo(DataType.FLOAT), Y.castTo(DataType.FLOAT)));
        assertThat(Dl4jArray.host(mixed(tuned, "first"))).isEqualTo(Dl4jArray.host(frozen));
        assertThat(Dl4jArray.host(tuned.getParam("y_W"))).isNotEqualTo(Dl4jArray.host(free));
    }

    @Test
    void anInputTooManyIsNamed() {
        assertThatThrownBy(() -> new NeuralNetConfiguration.Builder()
                        .graphBuilder()
                        .addInputs("x", "z", "w")
                        .addVertex("mixed", new Dl4jVertex(new SampleLayers.Mixture(5)), "x", "z", "w")
                        .setOutputs("mixed")
                        .setInputTypes(InputType.feedForward(4), InputType.feedForward(4), InputType.feedForward(4))
                        .build())
                .hasMessageContaining("Mixture takes two inputs");
        assertThat(List.of(new Dl4jVertex(new CenteredLayer()))).contains(new Dl4jVertex(new CenteredLayer()));
    }
}
