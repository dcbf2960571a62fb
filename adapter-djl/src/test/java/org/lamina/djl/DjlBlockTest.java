package org.lamina.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.engine.Engine;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.ConstantInitializer;
import ai.djl.translate.NoopTranslator;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.Backend;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.layer.CustomDerivative;
import org.lamina.layer.Initializer;
import org.lamina.layer.Layer;
import org.lamina.layer.MultiLayer;
import org.lamina.layer.Scope;
import org.lamina.layer.State;
import org.lamina.layer.Tensor;
import org.lamina.layers.BatchNorm;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Dense;
import org.lamina.layers.Dropout;
import org.lamina.layers.Embedding;
import org.lamina.layers.MyDense;
import org.lamina.layers.Parallel;
import org.lamina.layers.Relu;
import org.lamina.layers.Sequential;

/** A layer as a block among DJL's own. */
class DjlBlockTest {
    static Stream<String> engines() {
        return Stream.of(new DjlProvider.PyTorch(), new DjlProvider.Mxnet())
                .filter(DjlProvider::isPresent)
                .map(provider -> provider instanceof DjlProvider.Mxnet ? "MXNet" : "PyTorch");
    }

    private static NDManager manager(String engine) {
        return Engine.getEngine(engine).newBaseManager(Device.cpu());
    }

    private static ParameterStore store(NDManager manager) {
        return new ParameterStore(manager, false);
    }

    private static NDArray forward(Block block, NDArray x, boolean training) {
        return block.forward(store(x.getManager()), new NDList(x), training).singletonOrThrow();
    }

    /** The gradient of the sum of the output times 1, 2, 3, ... by the input. */
    private static float[] gradient(String engine, Layer layer, boolean training, float... values) {
        try (NDManager manager = manager(engine)) {
            NDArray x = manager.create(values);
            x.setRequiresGradient(true);
            DjlBlock block = DjlBlock.of(layer);
            block.initialize(manager, DataType.FLOAT32, x.getShape());
            try (GradientCollector collector = Engine.getEngine(engine).newGradientCollector()) {
                NDArray y = forward(block, x, training);
                NDArray weights = manager.arange(1, y.size() + 1f);
                collector.backward(y.reshape(-1).mul(weights).sum());
            }
            return x.getGradient().toFloatArray();
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void theChaptersNetworkIsMadeOfBlocks(String engine) {
        try (NDManager manager = manager(engine)) {
            Block net = new SequentialBlock()
                    .add(Linear.builder().setUnits(128).build())
                    .add(DjlBlock.of(new CenteredLayer()));
            net.initialize(manager, DataType.FLOAT32, new Shape(4, 8));
            NDArray y = forward(net, manager.randomUniform(0, 1, new Shape(4, 8)), false);
            assertThat(y.getShape()).isEqualTo(new Shape(4, 128));
            assertThat(y.mean().getFloat()).isCloseTo(0, within(1e-6f));
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void blocksOfSeveralInputsAndOutputsRunInParallel(String engine) {
        MultiLayer both = (scope, inputs) ->
                List.of(inputs.get(0).add(inputs.get(1)), inputs.get(0).sub(inputs.get(1)));
        try (NDManager manager = manager(engine)) {
            NDArray x = manager.create(new float[] {1, -2});
            DjlBlock sums = DjlBlock.of(both);
            NDList results = sums.forward(store(manager), new NDList(x, x), false);
            assertThat(results.get(0).toFloatArray()).containsExactly(2, -4);
            assertThat(results.get(1).toFloatArray()).containsExactly(0, 0);
            Block parallel = new ParallelBlock(lists ->
                            new NDList(lists.get(0).head(), lists.get(1).head()))
                    .add(DjlBlock.of(new Relu()))
                    .add(DjlBlock.of((scope, value) -> value.neg()));
            NDList parts = parallel.forward(store(manager), new NDList(x), false);
            assertThat(parts.get(0).toFloatArray()).containsExactly(1, 0);
            assertThat(parts.get(1).toFloatArray()).containsExactly(-1, 2);
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void parametersAreThoseOfANeutralModelOfTheSameSeed(String engine) {
        Layer layer = Sequential.of(new MyDense(3), new Dense(2));
        DjlBlock block = DjlBlock.of(layer, 7);
        try (NDManager manager = manager(engine);
                Backend backend = Backend.load(engine.equals("MXNet") ? "djl-mxnet" : "djl");
                Model model = backend.model(layer).initialize(org.lamina.Shape.of(4, 5), 7)) {
            block.initialize(manager, DataType.FLOAT32, new Shape(4, 5));
            assertThat(block.weights()).isEqualTo(model.parameters());
            model.initialize(org.lamina.Shape.of(4, 5), 8);
            block.copyFrom(model);
            assertThat(block.weights()).isEqualTo(model.parameters());
            model.initialize(org.lamina.Shape.of(4, 5), 9);
            block.copyTo(model);
            HostArray x = HostArray.uniform(org.lamina.Shape.of(4, 5), 1);
            NDArray y = forward(block, DjlArray.upload(manager, x), false);
            assertThat(DjlArray.host(y)).isEqualTo(model.predict(x));
            assertThatThrownBy(() -> block.setWeights(java.util.Map.of("0.weight", x)))
                    .isInstanceOf(LaminaException.class)
                    .hasMessageContaining("missing 1.bias")
                    .hasMessageContaining("0.weight is float32 (5, 3) in the block");
        }
    }

    private static float[] weight(DjlBlock block, String path) {
        return Objects.requireNonNull(block.weights().get(path)).toFloats();
    }

    @ParameterizedTest
    @MethodSource("engines")
    void whatDjlsUsersWishBeforeTheInputIsKnownIsKept(String engine) {
        DjlBlock block = DjlBlock.of(new MyDense(3));
        DjlBlock other = DjlBlock.of(new MyDense(3));
        Block net = new SequentialBlock().add(block).add(other);
        net.setInitializer(new ConstantInitializer(2), Parameter.Type.WEIGHT);
        other.setInitializer(new ConstantInitializer(5), "bias");
        net.freezeParameters(true, parameter -> parameter.getType() == Parameter.Type.BIAS);
        try (NDManager manager = manager(engine)) {
            net.initialize(manager, DataType.FLOAT32, new Shape(4, 2));
            assertThat(weight(block, "weight")).containsOnly(2);
            assertThat(weight(block, "bias")).containsExactly(0, 0, 0);
            assertThat(weight(other, "bias")).containsExactly(5, 5, 5);
            assertThat(block.getParameters().get("weight").requiresGradient()).isTrue();
            assertThat(block.getParameters().get("bias").requiresGradient()).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void shapesOfOutputsAreKnownBeforeAnyInput(String engine) {
        Shape[] open = {new Shape(-1, 5)};
        assertThat(DjlBlock.of(Parallel.of(new Dense(3), new Relu())).getOutputShapes(open))
                .containsExactly(new Shape(-1, 3), new Shape(-1, 5));
        Layer flat = (scope, x) ->
                x.reshape(org.lamina.Shape.of(x.shape().dim(0) * x.shape().dim(1)));
        assertThat(DjlBlock.of(flat).getOutputShapes(open)).containsExactly(new Shape(-1));
        assertThat(DjlBlock.of((scope, x) -> x.sum()).getOutputShapes(open)).containsExactly(new Shape());
        assertThat(DjlBlock.of(new Embedding(7, 4), 0, DataType.INT64).getOutputShapes(new Shape[] {new Shape(2, 3)}))
                .containsExactly(new Shape(2, 3, 4));
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

    @ParameterizedTest
    @MethodSource("engines")
    void theDerivativeIsLaminasOwn(String engine) {
        assertThat(gradient(engine, new Relu(), true, -1, 0, 2)).containsExactly(0, 0, 3);
        assertThat(gradient(engine, new Relu(), false, -1, 0, 2)).containsExactly(0, 0, 3);
        assertThat(gradient(engine, new Rounded(), true, 0.4f, 1.7f)).containsExactly(1, 2);
        assertThat(gradient(engine, (scope, x) -> x.max(0), true, 5, 5, 1, 5, 5))
                .containsExactly(0.25f, 0.25f, 0, 0.25f, 0.25f);
        assertThat(gradient(
                        engine,
                        (scope, x) -> x.cast(org.lamina.DType.FLOAT64).square().cast(scope.dtype()),
                        true,
                        3,
                        5))
                .containsExactly(6, 20);
        assertThat(gradient(
                        engine,
                        (scope, x) -> x.add(x.cast(org.lamina.DType.INT32).cast(scope.dtype())),
                        true,
                        3,
                        5))
                .containsExactly(1, 2);
    }

    @ParameterizedTest
    @MethodSource("engines")
    void theValueIsExactWhereTheDerivativeIsNone(String engine) {
        try (NDManager manager = manager(engine)) {
            NDArray x = manager.create(new float[] {Float.POSITIVE_INFINITY, Float.NaN, Float.NEGATIVE_INFINITY, 0});
            x.setRequiresGradient(true);
            try (GradientCollector collector = Engine.getEngine(engine).newGradientCollector()) {
                NDArray y = forward(DjlBlock.of(new Rounded()), x, true);
                collector.backward(y);
                assertThat(y.toFloatArray())
                        .containsExactly(Float.POSITIVE_INFINITY, Float.NaN, Float.NEGATIVE_INFINITY, 0);
            }
            assertThat(x.getGradient().toFloatArray()).containsExactly(1, 1, 1, 1);
        }
    }

    /** Multiplies by how often it was called in training, which is replaced once the product is recorded. */
    private record Counting() implements Layer {
        @Override
        public Tensor forward(Scope scope, Tensor x) {
            State count = scope.state("count", org.lamina.Shape.scalar(), Initializer.ones());
            Tensor factor = scope.constant("factor", org.lamina.Shape.scalar(), Initializer.constant(3));
            Tensor y = x.mul(count.value()).mul(factor);
            count.replace(count.value().add(1));
            return y;
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void statesAreReplacedInTrainingAlone(String engine) {
        assertThat(gradient(engine, new Counting(), true, 5)).containsExactly(3);
        try (NDManager manager = manager(engine)) {
            DjlBlock block = DjlBlock.of(new Counting());
            NDArray x = manager.create(new float[] {1});
            block.initialize(manager, DataType.FLOAT32, x.getShape());
            assertThat(block.getParameters().values()).noneMatch(Parameter::requiresGradient);
            assertThat(forward(block, x, true).getFloat()).isEqualTo(3);
            assertThat(forward(block, x, true).getFloat()).isEqualTo(6);
            assertThat(forward(block, x, false).getFloat()).isEqualTo(9);
            assertThat(forward(block, x, false).getFloat()).isEqualTo(9);
            assertThat(weight(block, "factor")).containsExactly(3);
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void dropoutDrawsAnewAtEachCallInTraining(String engine) {
        try (NDManager manager = manager(engine)) {
            DjlBlock block = DjlBlock.of(new Dropout(0.5), 4);
            NDArray x = manager.ones(new Shape(64));
            float[] first = forward(block, x, true).toFloatArray();
            float[] second = forward(block, x, true).toFloatArray();
            assertThat(first).isNotEqualTo(second).contains(0, 2);
            assertThat(forward(block, x, false).toFloatArray()).containsOnly(1);
            assertThat(forward(DjlBlock.of(new Dropout(0.5), 4), x, true).toFloatArray())
                    .isEqualTo(first);
        }
    }

    private static final Layer NORMALIZED = Sequential.of(new Dense(3), new BatchNorm(1e-5), new Relu());

    @ParameterizedTest
    @MethodSource("engines")
    void modelsAreSavedAndLoaded(String engine, @TempDir Path folder) throws IOException, MalformedModelException {
        try (ai.djl.Model model = ai.djl.Model.newInstance("net", Device.cpu(), engine);
                ai.djl.Model loaded = ai.djl.Model.newInstance("net", Device.cpu(), engine)) {
            DjlBlock block = DjlBlock.of(NORMALIZED, 5);
            model.setBlock(new SequentialBlock().add(block));
            model.getBlock().initialize(model.getNDManager(), DataType.FLOAT32, new Shape(4, 5));
            NDArray x = model.getNDManager().randomUniform(-1, 1, new Shape(4, 5));
            forward(model.getBlock(), x, true);
            model.save(folder, "net");

            DjlBlock fresh = DjlBlock.of(NORMALIZED);
            loaded.setBlock(new SequentialBlock().add(fresh));
            loaded.load(folder, "net");
            assertThat(fresh.weights()).isEqualTo(block.weights());
            assertThat(forward(loaded.getBlock(), x, false).toFloatArray())
                    .isEqualTo(forward(model.getBlock(), x, false).toFloatArray());
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void parametersOfAnotherLayerAreRefused(String engine) throws IOException, MalformedModelException {
        try (NDManager manager = manager(engine)) {
            DjlBlock block = DjlBlock.of(NORMALIZED);
            block.initialize(manager, DataType.FLOAT32, new Shape(4, 5));
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            block.saveParameters(new DataOutputStream(bytes));

            DjlBlock same = DjlBlock.of(NORMALIZED, 9);
            same.initialize(manager, DataType.FLOAT32, new Shape(4, 5));
            same.loadParameters(manager, new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
            assertThat(same.weights()).isEqualTo(block.weights());
            for (Layer other : List.of(new Dense(4), Sequential.of(new Dense(4), new BatchNorm(1e-5)))) {
                DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
                assertThatThrownBy(() -> DjlBlock.of(other).loadParameters(manager, in))
                        .isInstanceOf(MalformedModelException.class);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void predictorsRunOnManyThreads(String engine) throws Exception {
        try (ai.djl.Model model = ai.djl.Model.newInstance("net", Device.cpu(), engine)) {
            model.setBlock(new SequentialBlock().add(DjlBlock.of(NORMALIZED)).add(DjlBlock.of(new CenteredLayer())));
            model.getBlock().initialize(model.getNDManager(), DataType.FLOAT32, new Shape(4, 5));
            HostArray x = HostArray.uniform(org.lamina.Shape.of(4, 5), 1);
            HostArray expected = predict(model, x);
            ExecutorService threads = Executors.newFixedThreadPool(4);
            List<Future<?>> calls = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                calls.add(threads.submit(() -> {
                    for (int i = 0; i < 25; i++) {
                        assertThat(predict(model, x)).isEqualTo(expected);
                    }
                    return null;
                }));
            }
            for (Future<?> call : calls) {
                call.get();
            }
            threads.shutdown();
        }
    }

    private static HostArray predict(ai.djl.Model model, HostArray x) throws Exception {
        try (Predictor<NDList, NDList> predictor = model.newPredictor(new NoopTranslator());
                NDManager manager = model.getNDManager().newSubManager()) {
            return DjlArray.host(
                    predictor.predict(new NDList(DjlArray.upload(manager, x))).head());
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void whatDoesNotFitIsRefused(String engine) {
        try (NDManager manager = manager(engine)) {
            DjlBlock block = DjlBlock.of(new MyDense(3));
            assertCode(ErrorCode.NOT_INITIALIZED, () -> forward(block, manager.ones(new Shape(4, 2)), false));
            assertCode(ErrorCode.NOT_INITIALIZED, block::weights);
            block.initialize(manager, DataType.FLOAT32, new Shape(4, 2));
            assertCode(ErrorCode.SHAPE, () -> forward(block, manager.ones(new Shape(4, 5)), false));
            assertCode(ErrorCode.DTYPE, () -> forward(block, manager.ones(new Shape(4, 2), DataType.UINT8), false));
            DjlBlock words = DjlBlock.of(new Embedding(7, 2), 0, DataType.INT64);
            words.initialize(manager, DataType.FLOAT32, new Shape(2));
            assertCode(ErrorCode.RANGE, () -> forward(words, manager.create(new long[] {0, 7}), false));
            assertThat(forward(words, manager.create(new long[] {0, 6}), false).getShape())
                    .isEqualTo(new Shape(2, 2));
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void aBlockWithoutParametersOutlivesTheManagerOfItsFirstCall(String engine) {
        DjlBlock block = DjlBlock.of((scope, x) -> x.add(x.constant(HostArray.of(org.lamina.Shape.of(2), 1f, 2f))));
        for (int call = 0; call < 2; call++) {
            try (NDManager manager = manager(engine)) {
                assertThat(forward(block, manager.ones(new Shape(2)), true).toFloatArray())
                        .containsExactly(2, 3);
            }
        }
    }

    private static void assertCode(ErrorCode code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(LaminaException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }

    /** Arrays that nobody closes stay with a manager, so their number tells of memory that grows. */
    @ParameterizedTest
    @MethodSource("engines")
    void trainingLeavesNoArrayBehind(String engine) {
        Layer layer = Sequential.of(new Dense(8), new BatchNorm(1e-5), new Relu(), new Dropout(0.2), new Dense(2));
        try (NDManager manager = manager(engine)) {
            DjlBlock block = DjlBlock.of(layer);
            block.initialize(manager, DataType.FLOAT32, new Shape(4, 5));
            train(block, manager, 2);
            int before = manager.getManagedArrays().size();
            train(block, manager, 50);
            assertThat(manager.getManagedArrays()).hasSize(before);
        }
    }

    private static void train(Block block, NDManager owner, int steps) {
        ParameterStore store = store(owner);
        for (int step = 0; step < steps; step++) {
            try (NDManager manager = owner.newSubManager();
                    GradientCollector collector = manager.getEngine().newGradientCollector()) {
                NDList y = block.forward(store, new NDList(manager.ones(new Shape(4, 5))), true);
                assertThat(y.head().getManager()).isSameAs(manager);
                collector.backward(y.head().sum());
                // The outputs and the input are all that a forward leaves with the manager of its inputs.
                assertThat(manager.getManagedArrays()).hasSizeLessThan(8);
            }
        }
    }

    @Test
    @SuppressWarnings("NullAway") // a caller's mistake
    void nullIsRefusedWhereItComesIn() {
        assertThatThrownBy(() -> DjlBlock.of(null))
                .isInstanceOf(LaminaException.class)
                .hasMessageContaining("DjlBlock.of: layer is null");
        assertThatThrownBy(() -> new DjlNativeLayer(null))
                .isInstanceOf(LaminaException.class)
                .hasMessageContaining("block is null");
    }
}
