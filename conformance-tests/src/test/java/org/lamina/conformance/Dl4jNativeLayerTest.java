package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.Gradients;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.dl4j.Dl4jNativeLayer;
import org.lamina.io.Safetensors;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Dense;
import org.lamina.layers.Sequential;
import org.lamina.train.Loss;
import org.lamina.train.Sgd;
import org.lamina.train.Trainer;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Layers of Deeplearning4j as layers of neutral models. */
class Dl4jNativeLayerTest {
    private static final Shape ROWS = Shape.of(4, 5);
    private static final Shape IMAGES = Shape.of(2, 3, 6, 5);
    private static final Shape SEQUENCE = Shape.of(3, 4, 5);

    private static Backend backend() {
        return Backend.load("dl4j");
    }

    private static DenseLayer dense(int units) {
        return new DenseLayer.Builder()
                .nOut(units)
                .activation(Activation.IDENTITY)
                .build();
    }

    private static LSTM lstm() {
        return new LSTM.Builder().nOut(3).activation(Activation.TANH).build();
    }

    /** A layer, and the shape of an input in a neutral model. */
    private record Case(String name, Shape shape, Layer layer) {}

    private static Stream<Case> cases() {
        return Stream.of(
                new Case("linear", ROWS, dense(3)),
                new Case(
                        "dense with dropout",
                        ROWS,
                        new DenseLayer.Builder()
                                .nOut(3)
                                .activation(Activation.TANH)
                                .dropOut(0.5)
                                .build()),
                new Case(
                        "dense with a norm",
                        ROWS,
                        new DenseLayer.Builder().nOut(3).hasLayerNorm(true).build()),
                new Case("relu", ROWS, new ActivationLayer(Activation.RELU)),
                new Case("softmax", ROWS, new ActivationLayer(Activation.SOFTMAX)),
                new Case("PReLU", ROWS, new PReLULayer.Builder().inputShape(5).build()),
                new Case(
                        "convolution",
                        IMAGES,
                        new ConvolutionLayer.Builder(3, 3).nOut(4).build()),
                new Case(
                        "pool",
                        IMAGES,
                        new SubsamplingLayer.Builder(PoolingType.MAX)
                                .kernelSize(2, 2)
                                .stride(1, 1)
                                .build()),
                new Case("global pool", IMAGES, new GlobalPoolingLayer(PoolingType.AVG)),
                new Case(
                        "convolution over time",
                        SEQUENCE,
                        new Convolution1DLayer.Builder(2).nOut(4).build()),
                new Case(
                        "convolution of volumes",
                        Shape.of(2, 3, 4, 4, 4),
                        new Convolution3D.Builder(2, 2, 2).nOut(2).build()),
                new Case("LSTM", SEQUENCE, lstm()),
                new Case("recurrent", SEQUENCE, new SimpleRnn.Builder().nOut(3).build()),
                new Case("both ways", SEQUENCE, new Bidirectional(Bidirectional.Mode.CONCAT, lstm())),
                new Case("last step", SEQUENCE, new LastTimeStep(lstm())));
    }

    @TestFactory
    @Rule("13.5")
    Stream<DynamicTest> givesWhatTheLayerGives() {
        return cases().flatMap(one -> Stream.of(DType.FLOAT32, DType.FLOAT64)
                .map(dtype -> dynamicTest(one.name + " " + dtype, () -> check(one, dtype))));
    }

    private static void check(Case one, DType dtype) {
        HostArray input = HostArray.uniform(one.shape, 7).cast(dtype);
        MultiLayerNetwork network = network(one, dtype);
        try (Backend backend = backend();
                Model model =
                        backend.model(new Dl4jNativeLayer(network, 0), dtype).initialize(one.shape, 1)) {
            HostArray y = model.predict(input);
            HostArray cotangent = HostArray.uniform(y.shape(), 8).cast(dtype);
            Gradients expected = byDl4j(network, input, cotangent);
            assertThat(y).isEqualTo(expected.outputs().get(0));
            Gradients got = model.gradients(List.of(input), List.of(cotangent));
            assertThat(got.inputs()).isEqualTo(expected.inputs());
            assertThat(got.parameters()).isEqualTo(expected.parameters());
        }
    }

    private static MultiLayerNetwork network(Case one, DType dtype) {
        Shape shape = one.shape;
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .dataType(dtype == DType.FLOAT64 ? DataType.DOUBLE : DataType.FLOAT)
                .seed(5)
                .list()
                .layer(one.layer)
                .setInputType(
                        switch (shape.rank()) {
                            case 2 -> InputType.feedForward(shape.extent(1));
                            case 3 -> InputType.recurrent(shape.extent(2), shape.extent(1));
                            case 4 -> InputType.convolutional(shape.extent(2), shape.extent(3), shape.extent(1));
                            default ->
                                InputType.convolutional3D(
                                        Convolution3D.DataFormat.NCDHW,
                                        shape.extent(2),
                                        shape.extent(3),
                                        shape.extent(4),
                                        shape.extent(1));
                        })
                .build());
        network.init();
        if (network.numParams() > 0) {
            network.initGradientsView();
        }
        return network;
    }

    private static Gradients byDl4j(MultiLayerNetwork network, HostArray input, HostArray cotangent) {
        LayerWorkspaceMgr workspaces = LayerWorkspaceMgr.noWorkspaces();
        org.deeplearning4j.nn.api.Layer layer = network.getLayer(0);
        layer.conf().getLayer().setIDropout(null); // its mask is made in training alone
        INDArray x = Dl4jArrays.turned(Dl4jArrays.upload(input)).dup('c');
        HostArray output = Dl4jArrays.host(Dl4jArrays.turned(layer.activate(x, false, workspaces)));
        INDArray epsilon = Dl4jArrays.turned(Dl4jArrays.upload(cotangent)).dup('c');
        layer.activate(Dl4jArrays.turned(Dl4jArrays.upload(input)).dup('c'), false, workspaces);
        Pair<Gradient, INDArray> passed = layer.backpropGradient(epsilon, workspaces);
        HostArray byInput = Dl4jArrays.host(Dl4jArrays.turned(passed.getSecond()));
        Map<String, HostArray> parameters = new LinkedHashMap<>();
        layer.paramTable()
                .forEach((key, parameter) -> parameters.put(
                        key,
                        Dl4jArrays.host(passed.getFirst().getGradientFor(key))
                                .reshape(Shape.of(parameter.shape())))); // three axes for four in Convolution1D
        return new Gradients(List.of(output), List.of(byInput), parameters);
    }

    /** The book's chapter with a layer of Deeplearning4j that is initialised once its input is known, for batches of any size. */
    @Test
    void isInitialisedLazilyAmongNeutralLayers() {
        Dl4jNativeLayer layer = new Dl4jNativeLayer(dense(3));
        Sequential net = Sequential.of(new Dense(6), layer, new CenteredLayer());
        try (Backend backend = backend();
                Model model = backend.model(net).initialize(Shape.of(Shape.BATCH, 8), 1);
                Model second = backend.model(net).initialize(Shape.of(4, 8), 2)) {
            assertThat(model.parameters()).containsOnlyKeys("0.weight", "0.bias", "1.W", "1.b");
            assertThat(model.parameter("1.W").shape()).isEqualTo(Shape.of(6, 3));
            assertThat(second.parameter("1.W")).isEqualTo(model.parameter("1.W"));
            for (int batch : new int[] {4, 1, 7}) {
                HostArray y = model.predict(HostArray.uniform(Shape.of(batch, 8), batch));
                assertThat(y.shape()).isEqualTo(Shape.of(batch, 3));
            }
        }
    }

    @Test
    void anEmptyBatchGivesNothing() {
        HostArray none = HostArray.uniform(Shape.of(0, 5), 1);
        try (Backend backend = backend();
                Model model = backend.model(new Dl4jNativeLayer(dense(3))).initialize(ROWS, 1)) {
            assertThat(model.predict(none).shape()).isEqualTo(Shape.of(0, 3));
            Map<String, HostArray> gradients = model.gradients(none).parameters();
            assertThat(Objects.requireNonNull(gradients.get("W")).toFloats())
                    .hasSize(15)
                    .containsOnly(0);
        }
    }

    /** With Deeplearning4j's relu and last layer in the place of Lamina's, losses stay within the tolerance of the whole training. */
    @Test
    @Rule("13.5")
    void isTrainedWithTheModel() {
        NativeTraining.check(NativeTraining.CENTERED, Map.of("dl4j", Dl4jNativeLayerTest::train));
    }

    private static double[] train(Map<String, HostArray> weights) {
        Sequential net = Sequential.of(
                new Dense(16),
                new CenteredLayer(),
                new Dl4jNativeLayer(new ActivationLayer(Activation.RELU)),
                new Dl4jNativeLayer(dense(10)));
        try (Backend backend = backend();
                Model model = backend.model(net).initialize(Shape.of(Shape.BATCH, 64), NativeTraining.SEED)) {
            weights.forEach((path, value) -> model.setParameter(
                    path.replace("3.weight", "3.W").replace("3.bias", "3.b"),
                    path.equals("3.bias") ? value.reshape(model.parameter("3.b").shape()) : value));
            HostArray before = model.parameter("3.W");
            try (Trainer trainer =
                    Trainer.of(model, Loss.crossEntropy(), new Sgd(NativeTraining.RATE), NativeTraining.SEED)) {
                double[] losses = new double[NativeTraining.STEPS];
                Arrays.setAll(losses, step -> {
                    List<HostArray> batch = NativeTraining.BATCHES.batch(step);
                    return trainer.step(batch.get(0), batch.get(1));
                });
                assertThat(model.parameter("3.W")).isNotEqualTo(before);
                return losses;
            }
        }
    }

    @Test
    void weightsAreTheModels(@TempDir Path folder) {
        Path file = folder.resolve("weights.safetensors");
        HostArray x = HostArray.uniform(ROWS, 3);
        MultiLayerNetwork network = network(new Case("", ROWS, dense(3)), DType.FLOAT32);
        HostArray untouched = Dl4jArrays.host(network.params());
        Sequential net = Sequential.of(new Dl4jNativeLayer(network, 0), new Dense(2));
        try (Backend backend = backend();
                Model model = backend.model(net).initialize(ROWS, 1);
                Model other = backend.model(net).initialize(ROWS, 2);
                Trainer trainer = Trainer.of(model.freeze("0.W"), Loss.meanSquaredError(), new Sgd(0.1), 1)) {
            Map<String, HostArray> before = model.parameters();
            trainer.step(x, HostArray.uniform(Shape.of(4, 2), 4));
            assertThat(model.parameter("0.W")).isEqualTo(before.get("0.W"));
            assertThat(model.parameter("0.b")).isNotEqualTo(before.get("0.b"));
            assertThat(Dl4jArrays.host(network.params())).isEqualTo(untouched);
            Safetensors.of(model.parameters()).write(file);
            other.setParameters(Safetensors.read(file).tensors());
            assertThat(other.predict(x)).isEqualTo(model.predict(x));
        }
    }

    @Test
    void aLayerOfAGraphIsTakenByItsName() {
        ComputationGraph graph = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("x")
                .addLayer("last", new LastTimeStep(lstm()), "x")
                .setOutputs("last")
                .setInputTypes(InputType.recurrent(5, 4))
                .build());
        graph.init();
        HostArray x = HostArray.uniform(SEQUENCE, 3);
        try (Backend backend = backend();
                Model model = backend.model(new Dl4jNativeLayer(graph, "last")).initialize(SEQUENCE, 1)) {
            INDArray expected =
                    graph.outputSingle(Dl4jArrays.turned(Dl4jArrays.upload(x)).dup('c'));
            assertThat(model.predict(x)).isEqualTo(Dl4jArrays.host(expected));
        }
        refused(ErrorCode.CONFIGURATION, () -> new Dl4jNativeLayer(graph, "x"));
    }

    /** What is frozen there is constant here, and so are running statistics, by which nothing can be differentiated. */
    @Test
    void frozenLayersAreConstant() {
        Sequential net = Sequential.of(new Dense(5), new Dl4jNativeLayer(new FrozenLayer(dense(3))));
        try (Backend backend = backend();
                Model model = backend.model(net).initialize(ROWS, 1)) {
            assertThat(model.isTrained("1.W")).isFalse();
            assertThat(model.isTrained("0.weight")).isTrue();
        }
        try (Backend backend = backend();
                Model model = backend.model(new Dl4jNativeLayer(new BatchNormalization()))
                        .initialize(ROWS, 1)) {
            assertThat(model.isTrained("gamma")).isTrue();
            assertThat(model.isTrained("mean")).isFalse();
            assertThat(model.predict(HostArray.uniform(ROWS, 3)).shape()).isEqualTo(ROWS);
            refused(ErrorCode.NOT_DIFFERENTIABLE, () -> model.gradients(HostArray.uniform(ROWS, 3)));
        }
    }

    /** Deeplearning4j doubles the gradients of a layer that is made of SameDiff. */
    @Test
    void sameDiffLayersPredictAndAreNotDifferentiated() {
        Layer attention = new SelfAttentionLayer.Builder()
                .nOut(4)
                .nHeads(2)
                .headSize(2)
                .projectInput(true)
                .build();
        HostArray x = HostArray.uniform(SEQUENCE, 3);
        MultiLayerNetwork network = network(new Case("", SEQUENCE, attention), DType.FLOAT32);
        try (Backend backend = backend();
                Model model = backend.model(new Dl4jNativeLayer(network, 0)).initialize(SEQUENCE, 1)) {
            HostArray expected = Dl4jArrays.host(Dl4jArrays.turned(
                    network.output(Dl4jArrays.turned(Dl4jArrays.upload(x)).dup('c'))));
            assertThat(model.predict(x)).isEqualTo(expected);
            refused(ErrorCode.NOT_DIFFERENTIABLE, () -> model.gradients(x));
        }
    }

    @Test
    void manyThreadsCallIt() {
        Dl4jNativeLayer layer = new Dl4jNativeLayer(lstm());
        List<HostArray> inputs = List.of(HostArray.uniform(Shape.of(8, 4, 16), 2));
        try (Backend backend = backend();
                Model model = backend.model(layer).initialize(Shape.of(8, 4, 16), 1)) {
            assertThat(SideBySide.difference(inputs, model::predict)).isEmpty();
            assertThat(SideBySide.difference(
                            inputs,
                            x -> List.of(Objects.requireNonNull(
                                    model.gradients(x.get(0)).inputs().get(0)))))
                    .isEmpty();
        }
    }

    /** Inputs of 64 KiB, so that a copy that is not freed is found. */
    @Test
    void itsMemoryIsFreed() {
        HostArray x = HostArray.uniform(Shape.of(1024, 16), 2);
        try (Backend backend = backend();
                Model model = backend.model(new Dl4jNativeLayer(dense(2))).initialize(x.shape(), 1)) {
            assertThat(ResidentMemory.leak(() -> model.gradients(x))).isEmpty();
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        try (Backend backend = backend()) {
            refused(ErrorCode.SHAPE, () -> backend.model(new Dl4jNativeLayer(dense(3)))
                    .initialize(IMAGES, 1));
            refused(ErrorCode.SHAPE, () -> backend.model(new Dl4jNativeLayer(lstm()))
                    .initialize(ROWS, 1));
            refused(ErrorCode.SHAPE, () -> backend.model(new Dl4jNativeLayer(dense(3)))
                    .initialize(Shape.of(4), 1));
            Layer six = new DenseLayer.Builder().nIn(6).nOut(3).build();
            refused(ErrorCode.SHAPE, () -> backend.model(new Dl4jNativeLayer(six))
                    .initialize(ROWS, 1));
            Layer output = new OutputLayer.Builder().nOut(3).build();
            refused(ErrorCode.CONFIGURATION, () -> backend.model(new Dl4jNativeLayer(output))
                    .initialize(ROWS, 1));
        }
    }

    private static void refused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(LaminaException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }

    @TestFactory
    @Rule("13.6")
    Stream<DynamicTest> otherBackendsRefuseIt() {
        List<String> others = Backend.available().stream()
                .filter(name -> !name.equals("dl4j"))
                .toList();
        assertThat(others).contains("reference");
        return others.stream()
                .map(name -> dynamicTest(name, () -> {
                    try (Backend backend = Backend.load(name);
                            Model model = backend.model(Sequential.of(new Dense(6), new Dl4jNativeLayer(dense(3))))
                                    .initialize(ROWS, 1)) {
                        assertThatThrownBy(() -> model.predict(HostArray.uniform(ROWS, 1)))
                                .isInstanceOfSatisfying(LaminaException.class, e -> {
                                    assertThat(e.code()).isEqualTo(ErrorCode.BACKEND_CHOICE);
                                    assertThat(Objects.requireNonNull(e.getMessage()))
                                            .contains("DenseLayer of Deeplearning4j", "Use dl4j");
                                });
                    }
                }));
    }

    @Test
    void thereIsNoSecondDerivative() {
        Dl4jNativeLayer dense = new Dl4jNativeLayer(dense(3));
        org.lamina.layer.Layer curvature = (scope, x) -> {
            org.lamina.layer.Layer square =
                    (inner, value) -> inner.call("dense", dense, value).square();
            return scope.call("square", square, x).gradient(x).sum().gradient(x);
        };
        try (Backend backend = backend()) {
            refused(ErrorCode.NOT_DIFFERENTIABLE, () -> backend.model(curvature).initialize(ROWS, 1));
        }
    }
}
