package org.lamina.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.layer.Layer;
import org.lamina.layers.BatchNorm;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Dropout;
import org.lamina.layers.LayerNorm;
import org.lamina.layers.MyDense;
import org.lamina.layers.Sequential;
import org.lamina.layers.Tanh;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.buffer.util.DataTypeUtil;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Lamina layers in a MultiLayerNetwork. */
class Dl4jLayerTest {
    private static final INDArray X = native64(HostArray.normal(Shape.of(6, 4), 1));
    private static final INDArray Y = native64(HostArray.normal(Shape.of(6, 2), 2));

    private static INDArray native64(HostArray array) {
        return Dl4jArray.copy(array.cast(DType.FLOAT64));
    }

    private static NeuralNetConfiguration.Builder configuration(IUpdater updater) {
        return new NeuralNetConfiguration.Builder()
                .seed(12)
                .dataType(DataType.DOUBLE)
                .updater(updater);
    }

    private static MultiLayerNetwork network(IUpdater updater, Layer... layers) {
        return network(configuration(updater), layers);
    }

    private static MultiLayerNetwork network(NeuralNetConfiguration.Builder configuration, Layer... layers) {
        NeuralNetConfiguration.ListBuilder list = configuration.list();
        list.layer(
                new DenseLayer.Builder().nOut(5).activation(Activation.IDENTITY).build());
        for (Layer layer : layers) {
            list.layer(new Dl4jLayer.Builder(layer).build());
        }
        list.layer(new OutputLayer.Builder(LossFunction.MSE)
                .nOut(2)
                .activation(Activation.IDENTITY)
                .build());
        MultiLayerNetwork network = new MultiLayerNetwork(
                list.setInputType(InputType.feedForward(4)).build());
        network.init();
        return network;
    }

    private static final Layer BLOCK = Sequential.of(new MyDense(4), new LayerNorm(1e-3), new Tanh());

    @Test
    void theChaptersNetOfANativeLayerAndOurs() {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(3)
                .list()
                .layer(new DenseLayer.Builder()
                        .nOut(128)
                        .activation(Activation.IDENTITY)
                        .build())
                .layer(new Dl4jLayer.Builder(new CenteredLayer()).build())
                .setInputType(InputType.feedForward(8))
                .build());
        net.init();
        HostArray y = Dl4jArray.host(net.output(Dl4jArray.copy(HostArray.uniform(Shape.of(4, 8), 1))));
        assertThat(y.shape()).isEqualTo(Shape.of(4, 128));
        double mean = 0;
        for (int i = 0; i < y.size(); i++) {
            mean += y.doubleAt(i) / y.size();
        }
        assertThat(mean).isCloseTo(0, within(1e-7));
    }

    private static boolean hasRightGradients(MultiLayerNetwork net) {
        DataType before = DataTypeUtil.getDtypeFromContext();
        DataTypeUtil.setDTypeForContext(DataType.DOUBLE);
        try {
            return GradientCheckUtil.checkGradients(new GradientCheckUtil.MLNConfig()
                    .net(net)
                    .input(X)
                    .labels(Y)
                    .epsilon(1e-6)
                    .maxRelError(1e-5)
                    .minAbsoluteError(1e-8)
                    .subset(true)
                    .maxPerParam(6)
                    .print(GradientCheckUtil.PrintMode.FAILURES_ONLY));
        } finally {
            DataTypeUtil.setDTypeForContext(before);
        }
    }

    @Test
    void deeplearning4jsOwnGradientCheckPasses() {
        MultiLayerNetwork net = network(new Sgd(1), BLOCK, new BatchNorm(1e-3, 0.9, false), new CenteredLayer());
        assertThat(hasRightGradients(net)).isTrue();
    }

    @Test
    void aWrongGradientFailsThatCheck() {
        MultiLayerNetwork net = network(new Sgd(1), new SampleLayers.WrongDerivative());
        assertThat(hasRightGradients(net)).isFalse();
    }

    @Test
    void fitsWithEachWorkspaceModeAlike() {
        DataSet batch = new DataSet(X, Y);
        MultiLayerNetwork with = network(new Adam(0.01), BLOCK, new Dropout(0.3));
        MultiLayerNetwork without = network(
                configuration(new Adam(0.01))
                        .trainingWorkspaceMode(org.deeplearning4j.nn.conf.WorkspaceMode.NONE)
                        .inferenceWorkspaceMode(org.deeplearning4j.nn.conf.WorkspaceMode.NONE),
                BLOCK,
                new Dropout(0.3));
        assertThat(Dl4jArray.host(with.params())).isEqualTo(Dl4jArray.host(without.params()));
        double before = with.score(batch);
        for (int i = 0; i < 12; i++) {
            with.fit(batch);
            without.fit(batch);
        }
        assertThat(Dl4jArray.host(with.params())).isEqualTo(Dl4jArray.host(without.params()));
        assertThat(with.score(batch)).isLessThan(before);
        assertThat(Dl4jArray.host(with.output(X))).isEqualTo(Dl4jArray.host(without.output(X)));
    }

    private static MultiLayerNetwork savedAndLoaded(MultiLayerNetwork net) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ModelSerializer.writeModel(net, bytes, true);
        return ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(bytes.toByteArray()), true);
    }

    @Test
    void savedAndLoadedItGivesEqualOutputsAndGoesOnAlike() throws IOException {
        MultiLayerNetwork net = network(new Adam(0.01), BLOCK, new BatchNorm(1e-3, 0.9, false), new Dropout(0.5));
        DataSet batch = new DataSet(X, Y);
        for (int i = 0; i < 3; i++) {
            net.fit(batch);
        }
        MultiLayerNetwork loaded = savedAndLoaded(net);
        assertThat(Dl4jArray.host(loaded.output(X))).isEqualTo(Dl4jArray.host(net.output(X)));
        assertThat(loaded.getLayerWiseConfigurations()).isEqualTo(net.getLayerWiseConfigurations());
        net.fit(batch);
        loaded.fit(batch);
        assertThat(Dl4jArray.host(loaded.params())).isEqualTo(Dl4jArray.host(net.params()));
    }

    @Test
    void aCloneIsEqualAndIndependent() {
        MultiLayerNetwork net = network(new Adam(0.01), BLOCK);
        MultiLayerNetwork clone = net.clone();
        assertThat(Dl4jArray.host(clone.output(X))).isEqualTo(Dl4jArray.host(net.output(X)));
        INDArray before = net.params().dup();
        clone.fit(new DataSet(X, Y));
        assertThat(Dl4jArray.host(net.params())).isEqualTo(Dl4jArray.host(before));
        assertThat(Dl4jArray.host(clone.params())).isNotEqualTo(Dl4jArray.host(before));
        org.deeplearning4j.nn.api.Layer layer = net.getLayer(1);
        assertThat(Dl4jArray.host(((Dl4jLayerImplementation) layer).clone().params()))
                .isEqualTo(Dl4jArray.host(layer.params()));
    }

    @Test
    void statesAreReplacedInTrainingAndUsedInPrediction() {
        BatchNorm norm = new BatchNorm(1e-3, 0.9, false);
        MultiLayerNetwork net = network(new Sgd(0), norm);
        INDArray hidden = net.feedForwardToLayer(0, X, false).get(1);
        net.fit(new DataSet(X, Y));
        INDArray expected = hidden.mean(0).mul(0.1);
        INDArray got = net.getParam("1_runningMean");
        for (int i = 0; i < 5; i++) {
            assertThat(got.getDouble(i)).isCloseTo(expected.getDouble(i), within(1e-12));
        }
        INDArray before = net.params().dup();
        net.output(X);
        net.feedForward(X, true);
        net.score(new DataSet(X, Y));
        assertThat(Dl4jArray.host(net.params())).isEqualTo(Dl4jArray.host(before));
        assertThat(Dl4jArray.host(net.feedForwardToLayer(1, X, true).get(2)))
                .isNotEqualTo(Dl4jArray.host(net.feedForwardToLayer(1, X, false).get(2)));
    }

    @Test
    void dropoutDropsInTrainingOnlyAndAnewAtEachStep() {
        MultiLayerNetwork net = network(new Sgd(0.001), new Dropout(0.5));
        INDArray kept = net.feedForwardToLayer(1, X, false).get(2);
        assertThat(Dl4jArray.host(kept))
                .isEqualTo(Dl4jArray.host(net.feedForwardToLayer(0, X, false).get(1)));
        INDArray first = net.feedForwardToLayer(1, X, true).get(2).dup();
        assertThat(zeros(first)).isBetween(5, 25);
        net.fit(new DataSet(X, Y));
        INDArray second = net.feedForwardToLayer(1, X, true).get(2);
        assertThat(second.eq(0)).isNotEqualTo(first.eq(0));
    }

    private static int zeros(INDArray array) {
        return array.eq(0).castTo(DataType.INT32).sumNumber().intValue();
    }

    @Test
    void weightsAreRegularizedAndBiasesAndStatesAreNot() {
        NeuralNetConfiguration.Builder configuration =
                configuration(new Sgd(0.1)).l2(0.5);
        MultiLayerNetwork net = network(configuration, BLOCK, new BatchNorm(1e-3, 0.9, false));
        MultiLayerNetwork plain = network(configuration(new Sgd(0.1)), BLOCK, new BatchNorm(1e-3, 0.9, false));
        INDArray weight = net.getParam("1_0.weight").dup();
        DataSet batch = new DataSet(X, Y);
        net.fit(batch);
        plain.fit(batch);
        INDArray difference = plain.getParam("1_0.weight").sub(net.getParam("1_0.weight"));
        for (int i = 0; i < weight.length(); i++) {
            assertThat(difference.getDouble(i)).isCloseTo(0.1 * 0.5 * weight.getDouble(i), within(1e-12));
        }
        for (String key : List.of("1_0.bias", "1_1.gamma", "2_gamma", "2_runningMean", "2_runningVariance")) {
            assertThat(Dl4jArray.host(net.getParam(key))).as(key).isEqualTo(Dl4jArray.host(plain.getParam(key)));
        }
        assertThat(net.calcRegularizationScore(true)).isGreaterThan(0);
    }

    @Test
    void frozenLayersStayAsTheyAreInTransferLearning() {
        MultiLayerNetwork net = network(new Sgd(0.1), BLOCK, new BatchNorm(1e-3, 0.9, false));
        MultiLayerNetwork tuned = new TransferLearning.Builder(net)
                .fineTuneConfiguration(new FineTuneConfiguration.Builder()
                        .updater(new Adam(0.05))
                        .build())
                .setFeatureExtractor(1)
                .build();
        INDArray frozen = tuned.getParam("1_0.weight").dup();
        assertThat(Dl4jArray.host(frozen)).isEqualTo(Dl4jArray.host(net.getParam("1_0.weight")));
        INDArray free = tuned.getParam("2_gamma").dup();
        tuned.fit(new DataSet(X, Y));
        assertThat(Dl4jArray.host(tuned.getParam("1_0.weight"))).isEqualTo(Dl4jArray.host(frozen));
        assertThat(Dl4jArray.host(tuned.getParam("2_gamma"))).isNotEqualTo(Dl4jArray.host(free));
        assertThat(Dl4jArray.host(tuned.clone().output(X))).isEqualTo(Dl4jArray.host(tuned.output(X)));
    }

    @Test
    void drawsTheSameBitsAsAModelWithTheSameSeed() {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .list()
                .layer(new Dl4jLayer.Builder(BLOCK).inputShape(4).seed(9).build())
                .build());
        net.init();
        HostArray x = HostArray.normal(Shape.of(6, 4), 1);
        try (Backend backend = Backend.load("dl4j");
                Model model = backend.model(BLOCK).initialize(List.of(x.type()), 9)) {
            assertThat(Dl4jArray.host(net.getParam("0_0.weight"))).isEqualTo(model.parameter("0.weight"));
            assertThat(Dl4jArray.host(net.output(Dl4jArray.copy(x)))).isEqualTo(model.predict(x));
        }
    }

    @Test
    void layersOfOneNetworkDrawDifferently() {
        MultiLayerNetwork net = network(new Sgd(1), new MyDense(5), new MyDense(5));
        assertThat(Dl4jArray.host(net.getParam("1_weight"))).isNotEqualTo(Dl4jArray.host(net.getParam("2_weight")));
        assertThat(Dl4jArray.host(
                        network(new Sgd(1), new MyDense(5), new MyDense(5)).params()))
                .isEqualTo(Dl4jArray.host(net.params()));
    }

    @Test
    void mistakesAreNamed() {
        assertThatThrownBy(() -> new Dl4jLayer.Builder((scope, x) -> x))
                .hasMessageContaining("Make it a record and register it");
        MultiLayerConfiguration unknown = new NeuralNetConfiguration.Builder()
                .list()
                .layer(new Dl4jLayer.Builder(BLOCK).build())
                .build();
        assertThatThrownBy(() -> new MultiLayerNetwork(unknown).init())
                .hasMessageContaining("the shape of its input is not known")
                .hasMessageContaining("setInputType");
        MultiLayerNetwork net = network(new Sgd(1), BLOCK);
        INDArray wide = native64(HostArray.normal(Shape.of(6, 7), 1));
        assertThatThrownBy(() -> net.getLayer(1)
                        .activate(wide, false, org.deeplearning4j.nn.workspace.LayerWorkspaceMgr.noWorkspaces()))
                .hasMessageContaining("parameter 0.weight would be (7, 4) and in this network it is (5, 4)");
    }
}
