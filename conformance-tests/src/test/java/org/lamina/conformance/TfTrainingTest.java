package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.lamina.Backend;
import org.lamina.HostArray;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.layer.Layer;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Dense;
import org.lamina.layers.MyDense;
import org.lamina.layers.Sequential;
import org.lamina.tf.TfGraphLayer;
import org.lamina.train.Batches;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.EagerSession;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.SessionFunction;
import org.tensorflow.Signature;
import org.tensorflow.Tensor;
import org.tensorflow.TensorFunction;
import org.tensorflow.framework.optimizers.Adam;
import org.tensorflow.framework.optimizers.GradientDescent;
import org.tensorflow.framework.optimizers.Optimizer;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.op.nn.SoftmaxCrossEntropyWithLogits;
import org.tensorflow.types.TFloat32;

/** Layers inside a graph that TensorFlow's own optimizers train. */
class TfTrainingTest {
    /** A graph that reads digits, and how its layers get their weights. */
    private static final class Digits implements AutoCloseable {
        private final Graph graph = new Graph();
        private final Session session = new Session(graph);
        private final Ops tf = Ops.create(graph);
        private final Placeholder<TFloat32> images = placeholder(64);
        private final Placeholder<TFloat32> classes = placeholder(10);
        private final Operand<TFloat32> logits;
        private final Operand<TFloat32> loss;
        private final Op step;

        Digits(Net net, Training training) {
            logits = net.logits(graph, tf, images);
            loss = tf.math.mean(
                    SoftmaxCrossEntropyWithLogits.create(tf.scope(), logits, classes)
                            .loss(),
                    tf.array(0));
            step = training.optimizer(graph).minimize(loss);
            session.initialize();
        }

        private Placeholder<TFloat32> placeholder(long width) {
            return tf.placeholder(TFloat32.class, Placeholder.shape(org.tensorflow.ndarray.Shape.of(-1, width)));
        }

        double step(List<HostArray> batch) {
            try (Tensor x = TfArrays.upload(batch.get(0));
                    Tensor y = TfArrays.upload(NativeTraining.oneHot(batch.get(1)));
                    Result result = session.runner()
                            .feed(images, x)
                            .feed(classes, y)
                            .fetch(loss)
                            .addTarget(step)
                            .run()) {
                return ((TFloat32) result.get(0)).getFloat();
            }
        }

        double[] losses() {
            double[] losses = new double[NativeTraining.STEPS];
            Arrays.setAll(losses, i -> step(NativeTraining.BATCHES.batch(i)));
            return losses;
        }

        HostArray scores(HostArray pixels) {
            try (Tensor x = TfArrays.upload(pixels);
                    Result result =
                            session.runner().feed(images, x).fetch(logits).run()) {
                return TfArrays.host(result.get(0));
            }
        }

        @Override
        public void close() {
            session.close();
            graph.close();
        }
    }

    private interface Net {
        Operand<TFloat32> logits(Graph graph, Ops tf, Operand<TFloat32> x);
    }

    private interface Training {
        Optimizer optimizer(Graph graph);
    }

    private static Training descent() {
        return graph -> new GradientDescent(graph, (float) NativeTraining.RATE);
    }

    @Test
    void readsDigits() {
        Sequential layers = Sequential.of(new CenteredLayer(), new MyDense(32), new Dense(10));
        Net net = (graph, tf, x) -> {
            Operand<TFloat32> weight = variable(tf, HostArray.normal(Shape.of(64, 64), 3));
            Operand<TFloat32> scaled = tf.math.mul(tf.linalg.matMul(x, weight), tf.constant(0.1f));
            return TfGraphLayer.add(graph, "layers", layers, 42, scaled).output(TFloat32.class);
        };
        try (Digits digits = new Digits(net, graph -> new Adam(graph, 0.01f))) {
            Batches batches = Batches.shuffled(NativeTraining.SPLIT.training(), 64, 5);
            for (int i = 0; i < 400; i++) {
                digits.step(batches.batch(i));
            }
            HostArray scores = digits.scores(NativeTraining.SPLIT.test().get(0));
            assertThat(NativeTraining.accuracy(scores)).isGreaterThan(0.95);
        }
    }

    private static Variable<TFloat32> variable(Ops tf, HostArray value) {
        return tf.variable(tf.constant(
                org.tensorflow.ndarray.Shape.of(value.shape().toArray()), DataBuffers.of(value.toFloats())));
    }

    /** One net of TensorFlow's own ops with ours between, and one of ours alone. */
    @Test
    @Rule({"13.3", "13.4"})
    void lossesOfStochasticGradientDescentAreTheNeutralOnes() {
        NativeTraining.check(
                NativeTraining.CENTERED, Map.of("mixed", TfTrainingTest::mixed, "whole", TfTrainingTest::whole));
    }

    private static double[] mixed(Map<String, HostArray> weights) {
        Net net = (graph, tf, x) -> {
            Operand<TFloat32> hidden = TfGraphLayer.add(
                            graph, "centered", new CenteredLayer(), 1, dense(tf, weights, "0", x))
                    .output(TFloat32.class);
            return dense(tf, weights, "3", tf.nn.relu(hidden));
        };
        try (Digits digits = new Digits(net, descent())) {
            return digits.losses();
        }
    }

    private static Operand<TFloat32> dense(Ops tf, Map<String, HostArray> weights, String path, Operand<TFloat32> x) {
        Operand<TFloat32> weight = variable(tf, Objects.requireNonNull(weights.get(path + ".weight")));
        Operand<TFloat32> bias = variable(tf, Objects.requireNonNull(weights.get(path + ".bias")));
        return tf.math.add(tf.linalg.matMul(x, weight), bias);
    }

    private static double[] whole(Map<String, HostArray> weights) {
        TfGraphLayer[] added = new TfGraphLayer[1];
        Net net = (graph, tf, x) -> {
            added[0] = TfGraphLayer.add(graph, "net", NativeTraining.CENTERED, NativeTraining.SEED, x);
            return added[0].output(TFloat32.class);
        };
        try (Digits digits = new Digits(net, descent());
                Backend backend = Backend.load("tf");
                Model model = backend.model(NativeTraining.CENTERED)
                        .initialize(Shape.of(Shape.BATCH, 64), NativeTraining.SEED)) {
            model.setParameters(weights);
            added[0].copyFrom(model, digits.session);
            return digits.losses();
        }
    }

    /** A function that is called with tensors: with the variables of its session, or, without any, by itself. */
    @Test
    @Rule("13.1")
    void isCalledAsAFunction() {
        HostArray x = HostArray.uniform(Shape.of(3, 8), 1);
        try (Graph graph = new Graph();
                Session session = new Session(graph);
                Backend backend = Backend.load("tf");
                Model model = backend.model(Sequential.of(new Dense(128), new CenteredLayer()))
                        .initialize(x.shape(), 7);
                Model centered = backend.model(new CenteredLayer()).initialize(x.shape(), 1)) {
            Signature signature = signature(graph, "net", Sequential.of(new Dense(128), new CenteredLayer()));
            session.initialize();
            assertThat(call(SessionFunction.create(signature, session), x)).isEqualTo(model.predict(x));
            try (Graph another = new Graph();
                    ConcreteFunction function =
                            ConcreteFunction.create(signature(another, "centered", new CenteredLayer()), another)) {
                assertThat(call(function, x)).isEqualTo(centered.predict(x));
                try (EagerSession eager = EagerSession.create()) {
                    Ops tf = Ops.create(eager);
                    Operand<?> given = tf.constant(org.tensorflow.ndarray.Shape.of(3, 8), DataBuffers.of(x.toFloats()));
                    assertThat(TfArrays.host(function.call(tf, given).asTensor()))
                            .isEqualTo(centered.predict(x));
                }
            }
        }
    }

    private static Signature signature(Graph graph, String name, Layer layer) {
        Placeholder<TFloat32> x = Ops.create(graph)
                .placeholder(TFloat32.class, Placeholder.shape(org.tensorflow.ndarray.Shape.of(-1, 8)));
        return Signature.builder(name)
                .input("x", x)
                .output("y", TfGraphLayer.add(graph, name, layer, 7, x).output(TFloat32.class))
                .build();
    }

    private static HostArray call(TensorFunction function, HostArray x) {
        try (Tensor given = TfArrays.upload(x);
                Result result = function.call(Map.of("x", given))) {
            return TfArrays.host(result.get(0));
        }
    }
}
