import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.conformance.Digits;
import org.lamina.dl4j.Dl4jLayer;
import org.lamina.dl4j.Dl4jNativeLayer;
import org.lamina.dl4j.Dl4jSameDiffLayer;
import org.lamina.dl4j.Dl4jWeights;
import org.lamina.layer.Layer;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Dense;
import org.lamina.layers.MyDense;
import org.lamina.layers.Sequential;
import org.lamina.train.Batches;
import org.lamina.train.Loss;
import org.lamina.train.Sgd;
import org.lamina.train.Split;
import org.lamina.train.Trainer;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Reads handwritten digits by Deeplearning4j's own training, with Lamina's layers between its own. After a first {@code ./lamina
 * backends}:
 *
 * <pre>java -cp "$(cat target/launcher/all/classpath)" examples/native/Dl4jDigits.java</pre>
 */
public final class Dl4jDigits {
    private static final Split DIGITS = Split.shuffled(
            List.of(Digits.load().pixels().cast(DType.FLOAT32), Digits.load().labels()), 0.8, 2);

    private Dl4jDigits() {}

    public static void main(String[] arguments) throws Exception {
        Path file = Files.createTempFile("digits", ".zip");
        MultiLayerNetwork net = trained();
        ModelSerializer.writeModel(net, file.toFile(), true);
        System.out.printf("accuracy on 360 test images: %.1f %%%n", 100 * accuracy(file));
        moveWeights(net);
        inSameDiff();
        trainNeutral();
    }

    /** Lamina's layers are layers among others. */
    private static MultiLayerNetwork trained() {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder().seed(1).updater(new Adam(0.01)).list()
                .layer(new DenseLayer.Builder().nOut(64).activation(Activation.IDENTITY).build())
                .layer(new Dl4jLayer.Builder(new CenteredLayer()).build())
                .layer(new Dl4jLayer.Builder(new MyDense(32)).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT).nOut(10).activation(Activation.SOFTMAX).build())
                .setInputType(InputType.feedForward(64)).build());
        net.init();
        Batches batches = Batches.shuffled(DIGITS.training(), 64, 5);
        for (int step = 0; step < 400; step++) {
            net.fit(data(batches.batch(step)));
        }
        return net;
    }

    private static DataSet data(List<HostArray> batch) {
        long[] labels = batch.get(1).toLongs();
        INDArray oneHot = Nd4j.zeros(labels.length, 10);
        for (int row = 0; row < labels.length; row++) {
            oneHot.putScalar(row, labels[row], 1);
        }
        return new DataSet(Nd4j.create(batch.get(0).toFloats(), batch.get(0).shape().toArray(), 'c'), oneHot);
    }

    private static double accuracy(Path file) throws Exception {
        MultiLayerNetwork loaded = ModelSerializer.restoreMultiLayerNetwork(file.toFile());
        DataSet test = data(DIGITS.test());
        Evaluation evaluation = new Evaluation(10);
        evaluation.eval(test.getLabels(), loaded.output(test.getFeatures()));
        return evaluation.accuracy();
    }

    /** To a neutral model on any backend, and back. */
    private static void moveWeights(MultiLayerNetwork net) {
        try (Backend backend = Backend.load("reference");
                Model neutral = backend.model(Dl4jWeights.bundle(net).layer()).initialize(Shape.of(1, 64), 7)) {
            Dl4jWeights.copy(net, neutral);
            boolean same = Dl4jWeights.of(net.getLayer(2)).get("bias").equals(neutral.parameter("2.bias"));
            System.out.println("same weights: " + same);
            neutral.setParameter("2.bias", HostArray.uniform(Shape.of(32), 3));
            Dl4jWeights.copy(neutral, net);
            same = Dl4jWeights.of(net.getLayer(2)).get("bias").equals(neutral.parameter("2.bias"));
            System.out.println("same weights: " + same);
        }
    }

    /** In a graph of one's own. */
    private static void inSameDiff() {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, 32, 64);
        Dl4jSameDiffLayer hidden = Dl4jSameDiffLayer.add(graph, "hidden", new MyDense(8), 5, x);
        SDVariable loss = hidden.output().mul(hidden.output()).mean();
        loss.markAsLoss();
        INDArray gradient = graph.calculateGradients(java.util.Map.of("x", Nd4j.ones(32, 64)), "hidden.weight")
                .get("hidden.weight");
        System.out.println("gradient by hidden.weight: " + java.util.Arrays.toString(gradient.shape()));
    }

    /** And back: a layer of Deeplearning4j in a neutral model, which Lamina trains. */
    private static void trainNeutral() {
        DenseLayer layer = new DenseLayer.Builder().nOut(32).activation(Activation.TANH).build();
        Layer net = Sequential.of(new Dense(64), new CenteredLayer(), new Dl4jNativeLayer(layer), new MyDense(10));
        List<HostArray> batch = DIGITS.training();
        try (Backend backend = Backend.load("dl4j");
                Model model = backend.model(net).initialize(batch.get(0).shape(), 1);
                Trainer trainer = Trainer.of(model, Loss.crossEntropy(), new Sgd(0.01), 1)) {
            double first = trainer.step(batch.get(0), batch.get(1));
            double second = trainer.step(batch.get(0), batch.get(1));
            System.out.println("the loss falls: " + (second < first));
        }
    }
}
