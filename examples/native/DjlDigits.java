import ai.djl.Device;
import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.initializer.XavierInitializer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.translate.NoopTranslator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.conformance.Digits;
import org.lamina.djl.DjlBlock;
import org.lamina.djl.DjlNativeLayer;
import org.lamina.layer.Layer;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Dense;
import org.lamina.layers.MyDense;
import org.lamina.layers.Sequential;
import org.lamina.train.Split;

/**
 * Reads handwritten digits by DJL's own training, with Lamina's layers between DJL's own. After a first {@code ./lamina backends}:
 *
 * <pre>java -cp "$(cat target/launcher/all/classpath)" examples/native/DjlDigits.java PyTorch</pre>
 *
 * <p>The engine may be MXNet as well.
 */
public final class DjlDigits {
    private final String engine;
    private final Split digits = Split.shuffled(
            List.of(Digits.load().pixels().cast(DType.FLOAT32), Digits.load().labels()), 0.8, 2);

    private DjlDigits(String engine) {
        this.engine = engine;
    }

    public static void main(String[] arguments) throws Exception {
        DjlDigits example = new DjlDigits(arguments.length > 0 ? arguments[0] : "PyTorch");
        Path folder = Files.createTempDirectory("digits");
        example.train(folder);
        System.out.printf("accuracy on 360 test images: %.1f %%%n", 100 * example.accuracy(folder));
        example.moveWeights();
        example.trainNeutral();
    }

    /** Lamina's layers are blocks among others. */
    private static Block net() {
        return new SequentialBlock()
                .add(Linear.builder().setUnits(64).build())
                .add(DjlBlock.of(new CenteredLayer()))
                .add(DjlBlock.of(new MyDense(32)))
                .add(Linear.builder().setUnits(10).build());
    }

    private void train(Path folder) throws Exception {
        ai.djl.engine.Engine.getEngine(engine).setRandomSeed(1);
        try (Model model = Model.newInstance("digits", Device.cpu(), engine)) {
            model.setBlock(net());
            DefaultTrainingConfig config = new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                    .optInitializer(new XavierInitializer(), Parameter.Type.WEIGHT)
                    .optOptimizer(Optimizer.adam().optLearningRateTracker(Tracker.fixed(0.01f)).build())
                    .optDevices(new Device[] {Device.cpu()});
            try (Trainer trainer = model.newTrainer(config)) {
                trainer.initialize(new Shape(1, 64));
                EasyTrain.fit(trainer, 20, batches(trainer.getManager()), null);
            }
            model.save(folder, "digits");
        }
    }

    private ArrayDataset batches(NDManager manager) {
        return new ArrayDataset.Builder()
                .setData(images(manager, digits.training().get(0)))
                .optLabels(manager.create(digits.training().get(1).toLongs()))
                .setSampling(64, false)
                .build();
    }

    private static NDArray images(NDManager manager, HostArray pixels) {
        return manager.create(pixels.toFloats(), new Shape(pixels.shape().toArray()));
    }

    private double accuracy(Path folder) throws Exception {
        try (Model loaded = Model.newInstance("digits", Device.cpu(), engine)) {
            loaded.setBlock(net());
            loaded.load(folder, "digits");
            try (Predictor<NDList, NDList> predictor = loaded.newPredictor(new NoopTranslator());
                    NDManager manager = loaded.getNDManager().newSubManager()) {
                NDList logits = predictor.predict(new NDList(images(manager, digits.test().get(0))));
                long[] read = logits.head().argMax(1).toLongArray();
                long[] labels = digits.test().get(1).toLongs();
                int right = 0;
                for (int i = 0; i < labels.length; i++) {
                    right += read[i] == labels[i] ? 1 : 0;
                }
                return (double) right / labels.length;
            }
        }
    }

    /** And back: a block of DJL in a neutral model, which Lamina trains. */
    private void trainNeutral() {
        Block block = Linear.builder().setUnits(32).build();
        Layer net = Sequential.of(new Dense(64), new CenteredLayer(), new DjlNativeLayer(block), new MyDense(10));
        List<HostArray> batch = digits.training();
        try (Backend backend = Backend.load(engine.equals("MXNet") ? "djl-mxnet" : "djl");
                org.lamina.Model model = backend.model(net).initialize(batch.get(0).shape(), 1);
                org.lamina.train.Trainer trainer = org.lamina.train.Trainer.of(
                        model, org.lamina.train.Loss.crossEntropy(), new org.lamina.train.Sgd(0.01), 1)) {
            double first = trainer.step(batch.get(0), batch.get(1));
            double second = trainer.step(batch.get(0), batch.get(1));
            System.out.println("the loss falls: " + (second < first));
        }
    }

    /** To a neutral model on any backend, and back. */
    private void moveWeights() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), engine);
                Backend backend = Backend.load("reference")) {
            DjlBlock block = DjlBlock.of(new MyDense(32), 42);
            block.initialize(manager, DataType.FLOAT32, new Shape(1, 64));
            try (org.lamina.Model neutral = backend.model(block.layer()).initialize(org.lamina.Shape.of(1, 64), 7)) {
                block.copyTo(neutral);
                System.out.println("same weights: " + block.weights().equals(neutral.parameters()));
                neutral.setParameter("bias", HostArray.uniform(org.lamina.Shape.of(32), 3));
                block.copyFrom(neutral);
                System.out.println("same weights: " + block.weights().equals(neutral.parameters()));
            }
        }
    }
}
