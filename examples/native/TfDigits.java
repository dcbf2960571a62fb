import java.util.List;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Model;
import org.lamina.conformance.Digits;
import org.lamina.layer.Initializer;
import org.lamina.layer.Layer;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Dense;
import org.lamina.layers.MyDense;
import org.lamina.layers.Sequential;
import org.lamina.tf.TfGraphLayer;
import org.lamina.tf.TfNativeLayer;
import org.lamina.train.Batches;
import org.lamina.train.Loss;
import org.lamina.train.Sgd;
import org.lamina.train.Split;
import org.lamina.train.Trainer;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.framework.optimizers.Adam;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.op.nn.SoftmaxCrossEntropyWithLogits;
import org.tensorflow.op.random.TruncatedNormal;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * Reads handwritten digits by an optimizer of tensorflow-framework, with Lamina's layers after one of TensorFlow's own ops. After a
 * first {@code ./lamina backends}:
 *
 * <pre>java -cp "$(cat target/launcher/all/classpath)" examples/native/TfDigits.java</pre>
 */
public final class TfDigits {
    private static final Sequential LAYERS = Sequential.of(new CenteredLayer(), new MyDense(32), new Dense(10));

    private TfDigits() {}

    public static void main(String[] arguments) {
        Split digits = Split.shuffled(
                List.of(Digits.load().pixels().cast(DType.FLOAT32), Digits.load().labels()), 0.8, 2);
        try (Graph graph = new Graph();
                Session session = new Session(graph)) {
            Ops tf = Ops.create(graph);
            Placeholder<TFloat32> images = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 64)));
            Placeholder<TInt64> labels = tf.placeholder(TInt64.class, Placeholder.shape(Shape.of(-1)));
            Variable<TFloat32> weight = tf.variable(tf.math.mul(
                    tf.random.truncatedNormal(tf.array(64, 64), TFloat32.class, TruncatedNormal.seed(6L)),
                    tf.constant(0.1f)));
            TfGraphLayer layers = TfGraphLayer.add(graph, "digits", LAYERS, 42, tf.linalg.matMul(images, weight));
            Operand<TFloat32> logits = layers.output(TFloat32.class);
            Operand<TFloat32> loss = tf.math.mean(
                    SoftmaxCrossEntropyWithLogits.create(
                                    tf.scope(), logits, tf.oneHot(labels, tf.constant(10), tf.constant(1f), tf.constant(0f)))
                            .loss(),
                    tf.array(0));
            Op step = new Adam(graph, 0.003f).minimize(loss);
            session.initialize();

            Batches batches = Batches.shuffled(digits.training(), 64, 5);
            for (int i = 0; i < 600; i++) {
                List<HostArray> batch = batches.batch(i);
                try (TFloat32 x = pixels(batch.get(0));
                        TInt64 y = numbers(batch.get(1))) {
                    session.runner().feed(images, x).feed(labels, y).addTarget(step).run().close();
                }
            }
            Operand<TInt64> read = tf.math.argMax(logits, tf.constant(1));
            try (TFloat32 x = pixels(digits.test().get(0));
                    Result result = session.runner().feed(images, x).fetch(read).run()) {
                TInt64 answers = (TInt64) result.get(0);
                long[] truth = digits.test().get(1).toLongs();
                int right = 0;
                for (int i = 0; i < truth.length; i++) {
                    right += answers.getLong(i) == truth[i] ? 1 : 0;
                }
                System.out.printf("accuracy on %d test images: %.1f %%%n", truth.length, 100.0 * right / truth.length);
            }
            moveWeights(layers, session);
        }
        trainNeutral(digits.training());
    }

    /** And back: a function of TensorFlow in a neutral model, which Lamina trains. */
    private static void trainNeutral(List<HostArray> batch) {
        TfNativeLayer projection = TfNativeLayer.of("projection", TFloat32.class, (tf, parameters, x) -> {
            Operand<TFloat32> weight = parameters.get(
                    "weight", org.lamina.Shape.of(x.shape().get(1), 32), Initializer.normal(0, 0.1));
            return tf.nn.elu(tf.linalg.matMul(x, weight));
        });
        Layer net = Sequential.of(new Dense(64), new CenteredLayer(), projection, new MyDense(10));
        try (Backend backend = Backend.load("tf");
                Model model = backend.model(net).initialize(batch.get(0).shape(), 1);
                Trainer trainer = Trainer.of(model, Loss.crossEntropy(), new Sgd(0.01), 1)) {
            double first = trainer.step(batch.get(0), batch.get(1));
            double second = trainer.step(batch.get(0), batch.get(1));
            System.out.println("the loss falls: " + (second < first));
        }
    }

    private static TFloat32 pixels(HostArray images) {
        return TFloat32.tensorOf(Shape.of(images.shape().toArray()), DataBuffers.of(images.toFloats()));
    }

    private static TInt64 numbers(HostArray labels) {
        return TInt64.tensorOf(Shape.of(labels.shape().toArray()), DataBuffers.of(labels.toLongs()));
    }

    /** To a neutral model on any backend, and back. */
    private static void moveWeights(TfGraphLayer layers, Session session) {
        try (Backend backend = Backend.load("reference");
                Model neutral = backend.model(LAYERS).initialize(org.lamina.Shape.of(1, 64), 7)) {
            layers.copyTo(session, neutral);
            System.out.println("same weights: " + layers.weights(session).equals(neutral.parameters()));
            neutral.setParameter("1.bias", HostArray.uniform(org.lamina.Shape.of(32), 3));
            layers.copyFrom(neutral, session);
            System.out.println("same weights: " + layers.weights(session).equals(neutral.parameters()));
        }
    }
}
