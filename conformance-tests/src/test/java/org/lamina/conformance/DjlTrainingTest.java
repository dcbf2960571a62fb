package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.initializer.XavierInitializer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.djl.DjlBlock;
import org.lamina.layer.Layer;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.MyDense;

/** Layers inside DJL's own training code. */
class DjlTrainingTest {
    static List<String> engines() {
        return DjlArrays.engines();
    }

    @ParameterizedTest
    @MethodSource("engines")
    void readsDigits(String engine) throws IOException, TranslateException {
        Engine.getEngine(engine).setRandomSeed(1);
        Block net = new SequentialBlock()
                .add(Linear.builder().setUnits(64).build())
                .add(DjlBlock.of(new CenteredLayer()))
                .add(DjlBlock.of(new MyDense(32)))
                .add(Linear.builder().setUnits(10).build());
        try (Model model = Model.newInstance("digits", Device.cpu(), engine)) {
            model.setBlock(net);
            DefaultTrainingConfig config = config(Optimizer.adam()
                            .optLearningRateTracker(Tracker.fixed(0.01f))
                            .build())
                    .optInitializer(new XavierInitializer(), Parameter.Type.WEIGHT);
            try (Trainer trainer = model.newTrainer(config)) {
                trainer.initialize(new ai.djl.ndarray.types.Shape(1, 64));
                EasyTrain.fit(trainer, 20, images(trainer.getManager(), NativeTraining.SPLIT.training()), null);
                assertThat(accuracy(trainer)).isGreaterThan(0.95);
            }
        }
    }

    private static DefaultTrainingConfig config(Optimizer optimizer) {
        return new DefaultTrainingConfig(new CrossEntropy())
                .optOptimizer(optimizer)
                .optDevices(new Device[] {Device.cpu()});
    }

    /** DJL's own has MXNet's log_softmax, which gives some float32 losses seven ULPs too low, and mostly too low. */
    private static final class CrossEntropy extends Loss {
        CrossEntropy() {
            super("cross entropy");
        }

        @Override
        public NDArray evaluate(NDList labels, NDList predictions) {
            NDArray logits = predictions.singletonOrThrow();
            int[] classes = {1};
            NDArray shifted = logits.sub(logits.max(classes, true).stopGradient());
            NDArray hot =
                    labels.singletonOrThrow().oneHot((int) logits.getShape().get(1));
            NDArray right = shifted.mul(hot.toType(logits.getDataType(), false)).sum(classes);
            return shifted.exp().sum(classes).log().sub(right).mean();
        }
    }

    private static ArrayDataset images(NDManager manager, List<HostArray> part) {
        return new ArrayDataset.Builder()
                .setData(DjlArrays.upload(manager, part.get(0)))
                .optLabels(DjlArrays.upload(manager, part.get(1)))
                .setSampling(64, false)
                .build();
    }

    private static double accuracy(Trainer trainer) {
        try (NDManager manager = trainer.getManager().newSubManager()) {
            HostArray pixels = NativeTraining.SPLIT.test().get(0);
            return NativeTraining.accuracy(
                    DjlArrays.host(trainer.evaluate(new NDList(DjlArrays.upload(manager, pixels)))
                            .singletonOrThrow()));
        }
    }

    /** One net of DJL's own blocks with ours between, one of ours alone, and one with states and draws. */
    @Test
    @Rule({"13.3", "13.4"})
    void lossesOfStochasticGradientDescentAreTheNeutralOnes() {
        NativeTraining.check(NativeTraining.CENTERED, trainings("mixed", DjlTrainingTest::mixed));
        NativeTraining.check(
                NativeTraining.CENTERED, trainings("whole", weights -> block(NativeTraining.CENTERED, weights)));
        NativeTraining.check(
                NativeTraining.NORMALIZED,
                trainings("normalized", weights -> block(NativeTraining.NORMALIZED, weights)));
    }

    private static Map<String, Function<Map<String, HostArray>, double[]>> trainings(String name, Net net) {
        Map<String, Function<Map<String, HostArray>, double[]>> trainings = new LinkedHashMap<>();
        engines().forEach(engine -> trainings.put(name + ", " + engine, weights -> train(engine, weights, net)));
        return trainings;
    }

    /** A net that is made once its weights can be drawn. */
    private interface Net {
        Initialized of(Map<String, HostArray> weights);
    }

    /** A block, and what gives its parameters their values once it is initialised. */
    private record Initialized(Block block, Runnable filling) {}

    private static Initialized block(Layer layer, Map<String, HostArray> weights) {
        DjlBlock block = DjlBlock.of(layer, NativeTraining.SEED);
        return new Initialized(block, () -> block.setWeights(weights));
    }

    private static Initialized mixed(Map<String, HostArray> weights) {
        Block first = Linear.builder().setUnits(16).build();
        Block last = Linear.builder().setUnits(10).build();
        Block net = new SequentialBlock()
                .add(first)
                .add(DjlBlock.of(new CenteredLayer()))
                .add(Activation.reluBlock())
                .add(last);
        return new Initialized(net, () -> {
            fill(first, weights, "0");
            fill(last, weights, "3");
        });
    }

    /** DJL keeps the weight of a Linear as (out, in). */
    private static void fill(Block linear, Map<String, HostArray> weights, String path) {
        write(linear, "weight", transposed(Objects.requireNonNull(weights.get(path + ".weight"))));
        write(linear, "bias", Objects.requireNonNull(weights.get(path + ".bias")));
    }

    private static void write(Block linear, String name, HostArray value) {
        NDArray memory = linear.getDirectParameters().get(name).getArray().stopGradient();
        memory.set(new NDIndex("..."), DjlArrays.upload(memory.getManager(), value));
    }

    private static HostArray transposed(HostArray matrix) {
        long rows = matrix.shape().extent(0);
        long columns = matrix.shape().extent(1);
        return HostArray.generate(
                matrix.type().with(Shape.of(columns, rows)),
                i -> matrix.doubleAt((int) ((i % rows) * columns + i / rows)));
    }

    private static double[] train(String engine, Map<String, HostArray> weights, Net net) {
        try (Model model = Model.newInstance("net", Device.cpu(), engine)) {
            Initialized made = net.of(weights);
            model.setBlock(made.block);
            ai.djl.ndarray.types.Shape shape = new ai.djl.ndarray.types.Shape(1, 64);
            made.block.initialize(model.getNDManager(), DataType.FLOAT32, shape);
            made.filling.run(); // before the trainer: MXNet's keeps a copy of its own
            Optimizer optimizer = Optimizer.sgd()
                    .setLearningRateTracker(Tracker.fixed((float) NativeTraining.RATE))
                    .build();
            try (Trainer trainer = model.newTrainer(config(optimizer))) {
                trainer.initialize(shape);
                double[] losses = new double[NativeTraining.STEPS];
                Arrays.setAll(losses, step -> step(trainer, NativeTraining.BATCHES.batch(step)));
                return losses;
            }
        }
    }

    private static double step(Trainer trainer, List<HostArray> batch) {
        try (NDManager manager = trainer.getManager().newSubManager()) {
            NDList labels = new NDList(DjlArrays.upload(manager, batch.get(1)));
            NDArray loss;
            try (GradientCollector collector = trainer.newGradientCollector()) {
                NDList predictions = trainer.forward(new NDList(DjlArrays.upload(manager, batch.get(0))));
                loss = trainer.getLoss().evaluate(labels, predictions);
                collector.backward(loss);
            }
            trainer.step();
            return loss.getFloat();
        }
    }
}
