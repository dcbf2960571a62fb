package org.lamina.tf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.Backend;
import org.lamina.Gradients;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.layer.CustomDerivative;
import org.lamina.layer.Layer;
import org.lamina.layer.MultiLayer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;
import org.lamina.layers.BatchNorm;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Dense;
import org.lamina.layers.MyDense;
import org.lamina.layers.Sequential;
import org.lamina.train.Loss;
import org.lamina.train.Sgd;
import org.lamina.train.Trainer;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Signature;
import org.tensorflow.framework.optimizers.GradientDescent;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;

/** Layers in graphs of TensorFlow compute, learn, give back their weights and are saved. */
class TfGraphLayerTest {
    private static final Backend BACKEND = Backend.load("tf");
    private static final Layer NET = Sequential.of(new MyDense(6), new CenteredLayer(), new BatchNorm(1e-5));
    private static final HostArray X = HostArray.normal(Shape.of(4, 5), 1);

    @AfterAll
    static void close() {
        BACKEND.close();
    }

    private static Operand<TFloat32> input(Ops tf, long... sizes) {
        return tf.placeholder(TFloat32.class, Placeholder.shape(org.tensorflow.ndarray.Shape.of(sizes)));
    }

    private static float[] run(Session session, Operand<?> x, HostArray value, Operand<?> y) {
        TfTensor array = TfTensor.of(value);
        try (array;
                Result result =
                        session.runner().feed(x, array.tensor()).fetch(y).run()) {
            return host(result, 0);
        }
    }

    private static float[] host(Result result, int i) {
        return new TfTensor(org.lamina.DType.FLOAT32, result.get(i)).download().toFloats();
    }

    @Test
    void givesTheOutputsAndGradientsOfAModelWithTheSameSeed() {
        try (Graph graph = new Graph();
                Session session = new Session(graph);
                Model model = BACKEND.model(NET).initialize(Shape.of(4, 5), 7)) {
            Ops tf = Ops.create(graph);
            Operand<TFloat32> x = input(tf, -1, 5);
            TfGraphLayer layer = TfGraphLayer.add(graph, "net", NET, 7, x);
            Operand<?> weight = Objects.requireNonNull(layer.variables().get("0.weight"));
            Operand<TFloat32> loss = tf.sum(layer.output(TFloat32.class), tf.array(0, 1));
            Output<?>[] gradients =
                    graph.addGradients(loss.asOutput(), new Output<?>[] {x.asOutput(), weight.asOutput()});
            session.initialize();
            Gradients expected = model.gradients(X);
            requireClose(
                    run(session, x, X, layer.outputs().get(0)),
                    expected.outputs().get(0));
            requireClose(
                    run(session, x, X, gradients[0]),
                    Objects.requireNonNull(expected.inputs().get(0)));
            requireClose(
                    run(session, x, X, gradients[1]),
                    Objects.requireNonNull(expected.parameters().get("0.weight")));
            assertThat(layer.weights(session)).isEqualTo(model.parameters());
        }
    }

    private static void requireClose(float[] got, HostArray expected) {
        assertThat(got).containsExactly(expected.toFloats(), within(1e-5f));
    }

    @Test
    void weightsMoveBothWays() {
        try (Graph graph = new Graph();
                Session session = new Session(graph);
                Model model = BACKEND.model(NET).initialize(Shape.of(4, 5), 2)) {
            Operand<TFloat32> x = input(Ops.create(graph), -1, 5);
            TfGraphLayer layer = TfGraphLayer.add(graph, "net", NET, 1, x);
            session.initialize();
            layer.copyFrom(model, session);
            Map<String, HostArray> weights = layer.weights(session);
            assertThat(weights).isEqualTo(model.parameters());
            requireClose(run(session, x, X, layer.output(TFloat32.class)), model.predict(X));
            assertThatThrownBy(() -> layer.setWeights(session, Map.of("0.weight", X)))
                    .isInstanceOf(LaminaException.class)
                    .hasMessageContaining("missing 0.bias")
                    .hasMessageContaining("0.weight is float32 (5, 6) in layer net and float32 (4, 5)");
            assertThat(layer.weights(session)).isEqualTo(weights);
            model.initialize(Shape.of(4, 5), 9);
            layer.copyTo(session, model);
            assertThat(model.parameters()).isEqualTo(weights);
        }
    }

    /** Rounds, and passes the derivative on. */
    private record Rounded() implements Layer, CustomDerivative {
        @Override
        public Tensor forward(Scope scope, Tensor x) {
            return x.add(0.5).floor();
        }

        @Override
        public List<Tensor> pullback(List<Tensor> arguments, Tensor output, Tensor cotangent) {
            return List.of(cotangent);
        }
    }

    @Test
    void theDerivativeIsLaminasOwnAlsoThroughOthersIdentityN() {
        MultiLayer two = (scope, inputs) -> List.of(scope.call("r", new Rounded(), inputs.get(0)), inputs.get(0));
        try (Graph graph = new Graph();
                Session session = new Session(graph)) {
            Ops tf = Ops.create(graph);
            Operand<TFloat32> x = input(tf, 2);
            TfGraphLayer layer = TfGraphLayer.add(
                    graph, "two", two, 1, tf.identityN(List.of(x)).output().get(0));
            assertThatThrownBy(() -> layer.output(TFloat32.class)).hasMessageContaining("2 outputs");
            // Only one of two outputs has a gradient.
            Output<?>[] gradients = graph.addGradients(layer.outputs().get(0), new Output<?>[] {x.asOutput()});
            assertThat(run(session, x, HostArray.of(Shape.of(2), 0.4f, 1.7f), gradients[0]))
                    .containsExactly(1, 1);
        }
    }

    @Test
    void learnsByAnOptimizerOfTensorFlowAsByTheTrainer() {
        Layer net = Sequential.of(new Dense(6), new CenteredLayer(), new Dense(2));
        HostArray target = HostArray.normal(Shape.of(4, 2), 3);
        try (Graph graph = new Graph();
                Session session = new Session(graph);
                Model model = BACKEND.model(net).initialize(Shape.of(4, 5), 5);
                Trainer trainer = Trainer.of(model, Loss.meanSquaredError(), new Sgd(0.1), 1)) {
            Ops tf = Ops.create(graph);
            Operand<TFloat32> x = input(tf, -1, 5);
            TfGraphLayer layer = TfGraphLayer.add(graph, "net", net, 5, x);
            Operand<TFloat32> error = tf.math.sub(
                    layer.output(TFloat32.class), tf.reshape(tf.constant(target.toFloats()), tf.array(4, 2)));
            Operand<TFloat32> loss = tf.math.mean(tf.math.square(error), tf.array(0, 1));
            Op step = new GradientDescent(graph, 0.1f).minimize(loss);
            session.initialize();
            TfTensor given = TfTensor.of(X);
            try (given) {
                for (int i = 0; i < 100; i++) {
                    double expected = trainer.step(X, target);
                    try (Result result = session.runner()
                            .feed(x, given.tensor())
                            .fetch(loss)
                            .addTarget(step)
                            .run()) {
                        assertThat((double) host(result, 0)[0]).isCloseTo(expected, within(1e-5));
                    }
                }
            }
            model.parameters()
                    .forEach((path, value) -> requireClose(
                            Objects.requireNonNull(layer.weights(session).get(path))
                                    .toFloats(),
                            value));
        }
    }

    /** With a loss whose gradient needs no value of the layer, each update could come before a read of the same variable. */
    @Test
    void updatesComeAfterReads() {
        Layer product = (scope, x) -> x.mul(scope.parameter("w", x.shape(), org.lamina.layer.Initializer.constant(3)));
        try (Graph graph = new Graph();
                Session session = new Session(graph)) {
            Ops tf = Ops.create(graph);
            Operand<TFloat32> x = tf.constant(new float[] {2});
            TfGraphLayer layer = TfGraphLayer.add(graph, "p", product, 1, x);
            Operand<TFloat32> y = layer.output(TFloat32.class);
            Op step = new GradientDescent(graph, 1).minimize(tf.sum(y, tf.constant(0)));
            session.initialize();
            for (int i = 0; i < 200; i++) {
                session.forceInitialize();
                try (Result result = session.runner().fetch(y).addTarget(step).run()) {
                    assertThat(host(result, 0)).containsExactly(6);
                }
                assertThat(Objects.requireNonNull(layer.weights(session).get("w"))
                                .toFloats())
                        .containsExactly(1);
            }
        }
    }

    @Test
    void theChaptersNetworkIsSavedAndCalledForAnyBatch(@TempDir Path folder) {
        Signature signature;
        try (Graph graph = new Graph();
                Session session = new Session(graph)) {
            Ops tf = Ops.create(graph);
            Operand<TFloat32> x = input(tf, -1, 8);
            Variable<TFloat32> weight = tf.variable(tf.random.truncatedNormal(tf.array(8, 128), TFloat32.class));
            TfGraphLayer centered =
                    TfGraphLayer.add(graph, "centered", new CenteredLayer(), 1, tf.linalg.matMul(x, weight));
            signature = Signature.builder("centered")
                    .input("x", x)
                    .output("y", centered.output(TFloat32.class))
                    .build();
            session.initialize();
            SavedModelBundle.exporter(folder.toString())
                    .withSession(session)
                    .withSignature(signature)
                    .export();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        try (SavedModelBundle loaded = SavedModelBundle.load(folder.toString(), "serve")) {
            for (long batch : new long[] {4, 7}) {
                TfTensor x = TfTensor.of(HostArray.uniform(Shape.of(batch, 8), 3));
                try (x;
                        Result result = loaded.function("centered").call(Map.of("x", x.tensor()))) {
                    float[] y = host(result, 0);
                    assertThat(y).hasSize((int) batch * 128);
                    double sum = 0;
                    for (float value : y) {
                        sum += value;
                    }
                    assertThat(sum / y.length).isCloseTo(0, within(1e-6));
                }
            }
        }
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        try (Graph graph = new Graph()) {
            Ops tf = Ops.create(graph);
            assertThatThrownBy(() -> TfGraphLayer.add(graph, "net", NET, 1, input(tf, 4, -1)))
                    .isInstanceOf(LaminaException.class)
                    .hasMessageContaining("needs all sizes but the first");
            Operand<?> unknown = tf.placeholder(TFloat32.class);
            assertThatThrownBy(() -> TfGraphLayer.add(graph, "net", NET, 1, unknown))
                    .hasMessageContaining("needs all sizes but the first");
            assertThatThrownBy(() -> TfGraphLayer.add(graph, "net", NET, 1, tf.constant("word")))
                    .hasMessageContaining("which Lamina has not");
        }
    }

    @Test
    @SuppressWarnings("NullAway") // a caller's mistake
    void nullIsRefusedWhereItComesIn() {
        assertThatThrownBy(() -> TfGraphLayer.add(null, "e", new Dense(3), 1))
                .isInstanceOf(LaminaException.class)
                .hasMessageContaining("TfGraphLayer.add: target is null");
    }
}
