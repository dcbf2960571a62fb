package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
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
import org.lamina.TensorType;
import org.lamina.io.Safetensors;
import org.lamina.layer.Initializer;
import org.lamina.layer.Layer;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Dense;
import org.lamina.layers.Sequential;
import org.lamina.tf.TfGraphLayer;
import org.lamina.tf.TfNativeLayer;
import org.lamina.train.Loss;
import org.lamina.train.Sgd;
import org.lamina.train.Trainer;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Signature;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/** Functions of TensorFlow as layers of neutral models. */
class TfNativeLayerTest {
    private static final Shape ROWS = Shape.of(4, 5);
    private static final Shape SEQUENCE = Shape.of(3, 4, 5);

    private static Backend backend() {
        return Backend.load("tf");
    }

    private static <T extends TNumber> TfNativeLayer.Function<T> linear(long units) {
        return (tf, parameters, x) -> {
            Operand<T> weight = parameters.get("weight", Shape.of(x.shape().get(1), units), Initializer.normal(0, 0.5));
            Operand<T> bias = parameters.get("bias", Shape.of(units), Initializer.normal(0, 0.5));
            return tf.math.add(tf.linalg.matMul(x, weight), bias);
        };
    }

    private static TfNativeLayer layer(long units) {
        return TfNativeLayer.of("linear", TFloat32.class, linear(units));
    }

    /** Asks for nothing, and its output has as many rows as its input. */
    private static <T extends TNumber> TfNativeLayer.Function<T> norm() {
        return (tf, parameters, x) -> {
            Operand<T> centered =
                    tf.math.sub(x, tf.math.mean(x, tf.array(-1), org.tensorflow.op.math.Mean.keepDims(true)));
            return tf.math.tanh(centered);
        };
    }

    /** The input is a parameter's factor too, and one parameter is in no path. */
    private static <T extends TNumber> TfNativeLayer.Function<T> product() {
        return (tf, parameters, x) -> {
            Operand<T> scale = parameters.get("scale", Shape.of(x.shape().get(1)), Initializer.normal(1, 1));
            parameters.get("unused", Shape.of(2), Initializer.constant(1));
            return tf.math.mul(tf.math.square(x), scale);
        };
    }

    /** Functions of each width, and what they are called on. */
    private record Case(
            String name, Shape shape, TfNativeLayer.Function<TFloat32> single, TfNativeLayer.Function<TFloat64> twice) {
        TfNativeLayer layer(DType dtype) {
            return dtype == DType.FLOAT32
                    ? TfNativeLayer.of(name, TFloat32.class, single)
                    : TfNativeLayer.of(name, TFloat64.class, twice);
        }

        Operand<?> build(Ops tf, TfNativeLayer.Parameters parameters, Operand<?> x) {
            return x.asOutput().type() == TFloat32.class
                    ? single.build(tf, parameters, x.asOutput().expect(TFloat32.class))
                    : twice.build(tf, parameters, x.asOutput().expect(TFloat64.class));
        }
    }

    private static Stream<Case> cases() {
        return Stream.of(
                new Case("linear", ROWS, linear(3), linear(3)),
                new Case("product", ROWS, product(), product()),
                new Case("norm", ROWS, norm(), norm()),
                new Case("norm of a sequence", SEQUENCE, norm(), norm()));
    }

    @TestFactory
    @Rule("13.5")
    Stream<DynamicTest> givesWhatTheFunctionGives() {
        return cases().flatMap(one -> Stream.of(DType.FLOAT32, DType.FLOAT64)
                .map(dtype -> dynamicTest(one.name + " " + dtype, () -> check(one, dtype))));
    }

    private static void check(Case one, DType dtype) {
        HostArray input = HostArray.uniform(one.shape, 7).cast(dtype);
        for (Shape shape : List.of(one.shape, one.shape.with(0, Shape.BATCH))) {
            try (Backend backend = backend();
                    Model model = backend.model(one.layer(dtype), dtype).initialize(shape, 1)) {
                HostArray y = model.predict(input);
                HostArray cotangent = HostArray.uniform(y.shape(), 8).cast(dtype);
                Gradients expected = byTensorFlow(one, input, cotangent, model.parameters());
                assertThat(y).isEqualTo(expected.outputs().get(0));
                Gradients got = model.gradients(List.of(input), List.of(cotangent));
                assertThat(got.inputs()).isEqualTo(expected.inputs());
                assertThat(got.parameters()).isEqualTo(expected.parameters());
            }
        }
    }

    /** The function in a graph of one's own, differentiated by everything at once. */
    private static Gradients byTensorFlow(
            Case one, HostArray input, HostArray cotangent, Map<String, HostArray> weights) {
        Map<Operand<?>, Tensor> fed = new LinkedHashMap<>();
        try (Graph graph = new Graph();
                Session session = new Session(graph)) {
            Ops tf = Ops.create(graph);
            Operand<?> x = TfArrays.feed(tf, fed, input);
            Operand<?> seed = TfArrays.feed(tf, fed, cotangent);
            Map<String, Operand<?>> parameters = new LinkedHashMap<>();
            weights.forEach((path, value) -> parameters.put(path, TfArrays.feed(tf, fed, value)));
            Operand<?> y = one.build(tf, (name, shape, initializer) -> Objects.requireNonNull(parameters.get(name)), x);
            List<Operand<?>> by = new ArrayList<>(List.of(x));
            parameters.forEach((path, parameter) -> {
                if (!path.equals("unused")) { // no op takes it, and then TensorFlow refuses it
                    by.add(parameter);
                }
            });
            Output<?>[] gradients = graph.addGradients(
                    null,
                    new Output<?>[] {y.asOutput()},
                    by.stream().map(Operand::asOutput).toArray(Output<?>[]::new),
                    new Output<?>[] {seed.asOutput()});
            Session.Runner runner = session.runner().fetch(y);
            fed.forEach(runner::feed);
            Arrays.stream(gradients).forEach(runner::fetch);
            try (Result result = runner.run()) {
                Map<String, HostArray> byParameters = new LinkedHashMap<>();
                weights.forEach((path, value) -> {
                    int at = by.indexOf(parameters.get(path));
                    byParameters.put(
                            path, at < 0 ? HostArray.full(value.type(), 0) : TfArrays.host(result.get(1 + at)));
                });
                return new Gradients(
                        List.of(TfArrays.host(result.get(0))), List.of(TfArrays.host(result.get(1))), byParameters);
            }
        } finally {
            fed.values().forEach(Tensor::close);
        }
    }

    /** The book's chapter with a function of TensorFlow, whose parameters wait for its input, for batches of any size. */
    @Test
    void isInitialisedLazilyAmongNeutralLayers() {
        Sequential net = Sequential.of(new Dense(6), layer(3), new CenteredLayer());
        try (Backend backend = backend();
                Model model = backend.model(net).initialize(Shape.of(Shape.BATCH, 8), 1);
                Model dense = backend.model(Sequential.of(
                                new Dense(6),
                                (scope, x) -> x.matmul(
                                        scope.parameter("weight", Shape.of(6, 3), Initializer.normal(0, 0.5)))))
                        .initialize(Shape.of(4, 8), 1)) {
            assertThat(model.parameters()).containsOnlyKeys("0.weight", "0.bias", "1.weight", "1.bias");
            assertThat(model.parameter("1.weight")).isEqualTo(dense.parameter("1.weight"));
            for (int batch : new int[] {4, 1, 7}) {
                HostArray y = model.predict(HostArray.uniform(Shape.of(batch, 8), batch));
                assertThat(y.shape()).isEqualTo(Shape.of(batch, 3));
            }
        }
    }

    /** With TensorFlow's relu and last layer in the place of Lamina's, losses stay within the tolerance of the whole training. */
    @Test
    @Rule("13.5")
    void isTrainedWithTheModel() {
        NativeTraining.check(NativeTraining.CENTERED, Map.of("tf", TfNativeLayerTest::train));
    }

    private static double[] train(Map<String, HostArray> weights) {
        TfNativeLayer relu = TfNativeLayer.of("relu", TFloat32.class, (tf, parameters, x) -> tf.nn.relu(x));
        Sequential net = Sequential.of(new Dense(16), new CenteredLayer(), relu, layer(10));
        try (Backend backend = backend();
                Model model = backend.model(net).initialize(Shape.of(Shape.BATCH, 64), NativeTraining.SEED)) {
            model.setParameters(weights);
            try (Trainer trainer =
                    Trainer.of(model, Loss.crossEntropy(), new Sgd(NativeTraining.RATE), NativeTraining.SEED)) {
                double[] losses = new double[NativeTraining.STEPS];
                Arrays.setAll(losses, step -> {
                    List<HostArray> batch = NativeTraining.BATCHES.batch(step);
                    return trainer.step(batch.get(0), batch.get(1));
                });
                assertThat(model.parameter("3.weight")).isNotEqualTo(weights.get("3.weight"));
                return losses;
            }
        }
    }

    @Test
    void weightsAreTheModels(@TempDir Path folder) {
        Path file = folder.resolve("weights.safetensors");
        HostArray x = HostArray.uniform(ROWS, 3);
        Sequential net = Sequential.of(layer(3), new Dense(2));
        try (Backend backend = backend();
                Model model = backend.model(net).initialize(ROWS, 1);
                Model other = backend.model(net).initialize(ROWS, 2);
                Trainer trainer = Trainer.of(model.freeze("0.weight"), Loss.meanSquaredError(), new Sgd(0.1), 1)) {
            Map<String, HostArray> before = model.parameters();
            trainer.step(x, HostArray.uniform(Shape.of(4, 2), 4));
            assertThat(model.parameter("0.weight")).isEqualTo(before.get("0.weight"));
            assertThat(model.parameter("0.bias")).isNotEqualTo(before.get("0.bias"));
            Safetensors.of(model.parameters()).write(file);
            other.setParameters(Safetensors.read(file).tensors());
            assertThat(other.predict(x)).isEqualTo(model.predict(x));
        }
    }

    @Test
    void severalInputsAlsoOfIntegers() {
        TfNativeLayer rows = TfNativeLayer.ofSeveral(
                "rows",
                (tf, parameters, inputs) -> tf.gather(
                        inputs.get(0),
                        inputs.get(1).asOutput().expect(org.tensorflow.types.TInt64.class),
                        tf.constant(0)));
        HostArray x = HostArray.uniform(ROWS, 3);
        HostArray indices = HostArray.of(Shape.of(3), 2L, 0L, 2L);
        try (Backend backend = backend();
                Model model = backend.model(rows).initialize(List.of(x.type(), indices.type()), 1)) {
            HostArray y = model.predict(List.of(x, indices)).get(0);
            assertThat(y).isEqualTo(x.take(2, 0, 2));
            Gradients gradients = model.gradients(List.of(x, indices), List.of(HostArray.full(y.type(), 1)));
            assertThat(Objects.requireNonNull(gradients.inputs().get(0)).toFloats())
                    .containsExactly(1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 2, 2, 2, 2, 2, 0, 0, 0, 0, 0);
        }
    }

    /** TensorFlow looks into a function only when it runs, so its shape is found by a try. */
    @Test
    @Rule("13.5")
    void aConcreteFunctionIsALayer() {
        try (ConcreteFunction function = ConcreteFunction.create(tf -> {
                    Placeholder<TFloat32> x =
                            tf.placeholder(TFloat32.class, Placeholder.shape(org.tensorflow.ndarray.Shape.of(-1, 6)));
                    return Signature.builder()
                            .input("x", x)
                            .output("y", tf.math.square(tf.math.tanh(x)))
                            .build();
                });
                Backend backend = backend();
                Model model = backend.model(
                                Sequential.of(new Dense(6), TfNativeLayer.of("squares", function), new Dense(2)))
                        .initialize(Shape.of(Shape.BATCH, 5), 1);
                Model same = backend.model(Sequential.of(
                                new Dense(6),
                                TfNativeLayer.of(
                                        "squares",
                                        TFloat32.class,
                                        (tf, parameters, x) -> tf.math.square(tf.math.tanh(x))),
                                new Dense(2)))
                        .initialize(Shape.of(Shape.BATCH, 5), 1)) {
            for (int batch : new int[] {4, 1}) {
                HostArray x = HostArray.uniform(Shape.of(batch, 5), 2);
                assertThat(model.gradients(x)).isEqualTo(same.gradients(x));
            }
        }
    }

    @Test
    void manyThreadsCallIt() {
        List<HostArray> inputs = List.of(HostArray.uniform(ROWS, 2));
        try (Backend backend = backend();
                Model model = backend.model(layer(3)).initialize(ROWS, 1)) {
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
                Model model = backend.model(layer(2)).initialize(x.shape(), 1)) {
            assertThat(ResidentMemory.leak(() -> model.gradients(x))).isEmpty();
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        try (Backend backend = backend();
                Graph graph = new Graph()) {
            refused(ErrorCode.DTYPE, () -> backend.model(layer(3), DType.FLOAT64)
                    .initialize(ROWS, 1));
            TfNativeLayer four = TfNativeLayer.of(
                    "four",
                    TFloat32.class,
                    (tf, parameters, x) ->
                            tf.linalg.matMul(x, parameters.get("weight", Shape.of(4, 3), Initializer.constant(1))));
            refused(ErrorCode.SHAPE, () -> backend.model(four).initialize(ROWS, 1));
            TfNativeLayer variable = TfNativeLayer.of(
                    "variable", TFloat32.class, (tf, parameters, x) -> tf.math.add(x, tf.variable(tf.constant(1f))));
            refused(ErrorCode.CONFIGURATION, () -> backend.model(variable).initialize(ROWS, 1));
            TfNativeLayer random = TfNativeLayer.of(
                    "random",
                    TFloat32.class,
                    (tf, parameters, x) -> tf.math.add(x, tf.random.randomUniform(tf.array(5), TFloat32.class)));
            refused(ErrorCode.CONFIGURATION, () -> backend.model(random).initialize(ROWS, 1));
            refused(ErrorCode.ARITY, () -> backend.model(layer(3))
                    .initialize(List.of(new TensorType(DType.FLOAT32, ROWS), new TensorType(DType.FLOAT32, ROWS)), 1));
            Operand<TFloat32> x = Ops.create(graph)
                    .placeholder(TFloat32.class, Placeholder.shape(org.tensorflow.ndarray.Shape.of(4, 5)));
            refused(ErrorCode.CONFIGURATION, () -> TfGraphLayer.add(graph, "net", layer(3), 1, x));
        }
    }

    private static void refused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(LaminaException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }

    @TestFactory
    @Rule("13.6")
    Stream<DynamicTest> otherBackendsRefuseIt() {
        List<String> others =
                Backend.available().stream().filter(name -> !name.equals("tf")).toList();
        assertThat(others).contains("reference");
        return others.stream()
                .map(name -> dynamicTest(name, () -> {
                    try (Backend backend = Backend.load(name);
                            Model model = backend.model(Sequential.of(new Dense(6), layer(3)))
                                    .initialize(ROWS, 1)) {
                        assertThatThrownBy(() -> model.predict(HostArray.uniform(ROWS, 1)))
                                .isInstanceOfSatisfying(LaminaException.class, e -> {
                                    assertThat(e.code()).isEqualTo(ErrorCode.BACKEND_CHOICE);
                                    assertThat(Objects.requireNonNull(e.getMessage()))
                                            .contains("linear of TensorFlow", "Use tf");
                                });
                    }
                }));
    }

    @Test
    void thereIsNoSecondDerivative() {
        TfNativeLayer linear = layer(3);
        Layer curvature = (scope, x) -> {
            Layer square = (inner, value) ->
                    inner.call("linear", linear, List.of(value)).get(0).square();
            return scope.call("square", square, x).gradient(x).sum().gradient(x);
        };
        try (Backend backend = backend()) {
            refused(ErrorCode.NOT_DIFFERENTIABLE, () -> backend.model(curvature).initialize(ROWS, 1));
        }
    }
}
