package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.Backend;
import org.lamina.ErrorCode;
import org.lamina.Gradients;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.djl.DjlNativeLayer;
import org.lamina.layer.Layer;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Dense;
import org.lamina.layers.Sequential;
import org.lamina.train.Loss;
import org.lamina.train.Sgd;
import org.lamina.train.Trainer;

/** Blocks of DJL as layers of neutral models. */
class DjlNativeLayerTest {
    private static final Map<String, Shape> SHAPES = Map.of(
            "linear", Shape.of(4, 5), "norm", Shape.of(4, 5), "net", Shape.of(4, 5), "images", Shape.of(2, 3, 6, 5));

    private static Stream<String> engines() {
        return DjlArrays.engines().stream();
    }

    private static Backend backend(String engine) {
        return Backend.load(engine.equals("MXNet") ? "djl-mxnet" : "djl");
    }

    private static Block linear(int units) {
        return Linear.builder().setUnits(units).build();
    }

    private static Block block(String name) {
        return switch (name) {
            case "linear" -> linear(3);
            case "norm" -> LayerNorm.builder().build();
            // With filters that do not fill a vector PyTorch's derivative by the input differs from call to call.
            case "images" ->
                Conv2d.builder()
                        .setKernelShape(new ai.djl.ndarray.types.Shape(3, 3))
                        .setFilters(16)
                        .build();
            default ->
                new SequentialBlock().add(linear(6)).add(Activation.tanhBlock()).add(linear(2));
        };
    }

    @TestFactory
    @Rule("13.5")
    Stream<DynamicTest> givesWhatTheBlockGives() {
        return engines().flatMap(engine -> SHAPES.entrySet().stream()
                .map(entry -> dynamicTest(
                        engine + " " + entry.getKey(), () -> check(engine, block(entry.getKey()), entry.getValue()))));
    }

    private static void check(String engine, Block block, Shape shape) {
        HostArray input = HostArray.uniform(shape, 7);
        try (Backend backend = backend(engine);
                NDManager manager = Engine.getEngine(engine).newBaseManager()) {
            NDArray x = DjlArrays.upload(manager, input);
            block.initialize(manager, DataType.FLOAT32, x.getShape());
            try (Model model = backend.model(new DjlNativeLayer(block)).initialize(shape, 1)) {
                HostArray y = model.predict(input);
                HostArray cotangent = HostArray.uniform(y.shape(), 8);
                Gradients expected = byDjl(block, x, cotangent);
                assertThat(y).isEqualTo(expected.outputs().get(0));
                Gradients got = model.gradients(List.of(input), List.of(cotangent));
                assertThat(got.inputs()).isEqualTo(expected.inputs());
                assertThat(got.parameters()).isEqualTo(expected.parameters());
            }
        }
    }

    private static Gradients byDjl(Block block, NDArray x, HostArray cotangent) {
        NDManager manager = x.getManager();
        x.setRequiresGradient(true);
        block.getParameters().values().forEach(parameter -> parameter.getArray().setRequiresGradient(true));
        NDArray y;
        try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
            y = block.forward(new ParameterStore(manager, false), new NDList(x), false)
                    .singletonOrThrow();
            collector.backward(y.mul(DjlArrays.upload(manager, cotangent)).sum());
        }
        Map<String, HostArray> parameters = new LinkedHashMap<>();
        block.getParameters()
                .forEach(pair -> parameters.put(
                        pair.getKey(), DjlArrays.gradient(pair.getValue().getArray())));
        return new Gradients(List.of(DjlArrays.host(y)), List.of(DjlArrays.gradient(x)), parameters);
    }

    /** The book's chapter with a block of DJL that is initialised once its input is known, for batches of any size. */
    @ParameterizedTest
    @MethodSource("engines")
    void isInitialisedLazilyAmongNeutralLayers(String engine) {
        Block block = linear(3);
        Layer net = Sequential.of(new Dense(6), new DjlNativeLayer(block), new CenteredLayer());
        try (Backend backend = backend(engine);
                Model model = backend.model(net).initialize(Shape.of(Shape.BATCH, 8), 1)) {
            assertThat(model.parameters()).containsOnlyKeys("0.weight", "0.bias", "1.weight", "1.bias");
            for (Parameter parameter : block.getParameters().values()) {
                assertThat(model.parameter("1." + parameter.getName())).isEqualTo(DjlArrays.host(parameter.getArray()));
            }
            for (int batch : new int[] {4, 1, 7}) {
                HostArray y = model.predict(HostArray.uniform(Shape.of(batch, 8), batch));
                assertThat(y.shape()).isEqualTo(Shape.of(batch, 3));
            }
        }
    }

    /** With DJL's relu and last layer in the place of Lamina's, losses stay within the tolerance of the whole training. */
    @Test
    @Rule("13.5")
    void isTrainedWithTheModel() {
        Map<String, Function<Map<String, HostArray>, double[]>> trainings = new LinkedHashMap<>();
        engines().forEach(engine -> trainings.put(engine, weights -> train(engine, weights)));
        NativeTraining.check(NativeTraining.CENTERED, trainings);
    }

    private static double[] train(String engine, Map<String, HostArray> weights) {
        Layer net = Sequential.of(
                new Dense(16),
                new CenteredLayer(),
                new DjlNativeLayer(Activation.reluBlock()),
                new DjlNativeLayer(linear(10)));
        try (Backend backend = backend(engine);
                Model model = backend.model(net).initialize(Shape.of(Shape.BATCH, 64), NativeTraining.SEED)) {
            weights.forEach(
                    (path, value) -> model.setParameter(path, path.equals("3.weight") ? transposed(value) : value));
            HostArray before = model.parameter("3.weight");
            try (Trainer trainer =
                    Trainer.of(model, Loss.crossEntropy(), new Sgd(NativeTraining.RATE), NativeTraining.SEED)) {
                double[] losses = new double[NativeTraining.STEPS];
                Arrays.setAll(losses, step -> {
                    List<HostArray> batch = NativeTraining.BATCHES.batch(step);
                    return trainer.step(batch.get(0), batch.get(1));
                });
                assertThat(model.parameter("3.weight")).isNotEqualTo(before);
                return losses;
            }
        }
    }

    /** DJL keeps the weight of a Linear as (out, in). */
    private static HostArray transposed(HostArray matrix) {
        long rows = matrix.shape().extent(0);
        long columns = matrix.shape().extent(1);
        return HostArray.generate(
                matrix.type().with(Shape.of(columns, rows)),
                i -> matrix.doubleAt((int) ((i % rows) * columns + i / rows)));
    }

    @TestFactory
    @Rule("13.6")
    Stream<DynamicTest> otherBackendsRefuseIt() {
        Supplier<Stream<String>> others = () -> Backend.available().stream().filter(name -> !name.startsWith("djl"));
        assertThat(others.get()).contains("reference");
        return others.get()
                .map(name -> dynamicTest(name, () -> {
                    try (Backend backend = Backend.load(name);
                            Model model = backend.model(Sequential.of(new Dense(6), new DjlNativeLayer(linear(3))))
                                    .initialize(Shape.of(4, 5), 1)) {
                        assertThatThrownBy(() -> model.predict(HostArray.uniform(Shape.of(4, 5), 1)))
                                .isInstanceOfSatisfying(LaminaException.class, e -> {
                                    assertThat(e.code()).isEqualTo(ErrorCode.BACKEND_CHOICE);
                                    assertThat(Objects.requireNonNull(e.getMessage()))
                                            .contains("Linear of DJL", "djl or djl-mxnet");
                                });
                    }
                }));
    }

    @ParameterizedTest
    @MethodSource("engines")
    void thereIsNoSecondDerivative(String engine) {
        DjlNativeLayer linear = new DjlNativeLayer(linear(3));
        Layer curvature = (scope, x) -> {
            Layer square = (inner, value) -> inner.call("linear", linear, value).square();
            return scope.call("square", square, x).gradient(x).sum().gradient(x);
        };
        try (Backend backend = backend(engine)) {
            assertThatThrownBy(() -> backend.model(curvature).initialize(Shape.of(4, 5), 1))
                    .isInstanceOfSatisfying(
                            LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_DIFFERENTIABLE));
        }
    }
}
