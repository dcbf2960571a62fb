package org.lamina.documentation;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.conformance.Rule;
import org.lamina.io.LayerJson;
import org.lamina.io.Safetensors;
import org.lamina.layer.Initializer;
import org.lamina.layer.Layer;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Dense;
import org.lamina.layers.LayerNorm;
import org.lamina.layers.MyDense;
import org.lamina.layers.MyLinear;
import org.lamina.layers.Sequential;
import org.lamina.train.Loss;
import org.lamina.train.Optimizer;
import org.lamina.train.Sgd;
import org.lamina.train.Trainer;

/** docs/errors.md has a section for each code, and its messages are those that are raised. */
class ErrorsPageTest {
    private static final Shape INPUT = Shape.of(2, 5);
    private static final Shape THREE = Shape.of(3);

    @TempDir
    private Path folder;

    private final Map<String, String> sections = Document.read("docs/errors.md").sections();
    private final Backend backend = Backend.load("reference");

    @AfterEach
    void close() {
        backend.close();
    }

    @Test
    @Rule("10.12")
    void everyCodeHasItsSection() {
        assertThat(sections.keySet())
                .containsExactly(
                        Arrays.stream(ErrorCode.values()).map(Enum::name).toArray(String[]::new));
    }

    @Test
    void everySectionSaysWhatToDo() {
        sections.forEach((code, text) -> assertThat(text).as(code).contains("\nWhat to do: "));
    }

    @Test
    @Rule("10.12")
    void messagesAreThoseThatAreRaised() throws IOException {
        Files.write(folder.resolve("weights.safetensors"), new byte[] {16, 39, 0, 0, 0, 0, 0, 0, '{', '}'});
        List<String> untested = new ArrayList<>();
        sections.forEach((code, text) -> untested.addAll(Document.indented(text)));
        for (Map.Entry<ErrorCode, ThrowingCallable> mistake : mistakes()) {
            LaminaException raised = catchThrowableOfType(LaminaException.class, mistake.getValue());
            assertThat(raised.code()).isEqualTo(mistake.getKey());
            String message = String.valueOf(raised.getMessage())
                    .replace(folder + folder.getFileSystem().getSeparator(), "")
                    .replace(String.join(", ", Backend.available()), "BACKENDS");
            assertThat(Document.indented(
                            String.valueOf(sections.get(raised.code().name()))))
                    .contains(message);
            untested.remove(message);
        }
        // A framework that fails cannot be had at will; its message is the only one that is not raised here.
        assertThat(untested).singleElement().asString().startsWith("backend tf: TensorFlow Java could not be loaded: ");
    }

    private List<Map.Entry<ErrorCode, ThrowingCallable>> mistakes() {
        List<Map.Entry<ErrorCode, ThrowingCallable>> mistakes = new ArrayList<>();
        mistakes.addAll(ofTensors());
        mistakes.addAll(ofLayers());
        mistakes.addAll(ofWeights());
        mistakes.addAll(ofFiles());
        return mistakes;
    }

    private List<Map.Entry<ErrorCode, ThrowingCallable>> ofTensors() {
        return List.of(
                entry(ErrorCode.SHAPE, () -> model(Sequential.of(new Dense(3), new MyLinear(4, 2)), Shape.of(2, 8))),
                entry(ErrorCode.SHAPE, () -> model(new MyDense(3), Shape.of(2, 3))
                        .predict(HostArray.uniform(Shape.of(2, 4), 1))),
                entry(ErrorCode.SHAPE, () -> model(
                                (scope, x) -> x.matmul(x.transpose()).sum(), Shape.of(Shape.BATCH, 1))
                        .predict(HostArray.uniform(Shape.of(46_341, 1), 1))),
                entry(ErrorCode.AXIS, () -> model((scope, x) -> x.softmax(2), Shape.of(2, 8))),
                entry(ErrorCode.DTYPE, () -> ofIntegers(new MyLinear(5, 3), INPUT)),
                entry(ErrorCode.DTYPE, () -> model(new LayerNorm(1e39), Shape.of(2, 3))),
                entry(ErrorCode.RANGE, () -> ofIntegers(
                                (scope, x) -> scope.parameter("weight", Shape.of(4, 2), Initializer.zeros())
                                        .gather(0, x),
                                THREE)
                        .predict(HostArray.of(THREE, 0L, 4L, 1L))),
                entry(ErrorCode.RANGE, this::trainWithAWrongLabel),
                entry(ErrorCode.EMPTY, () -> model(new CenteredLayer(), Shape.of(0, 5))),
                entry(
                        ErrorCode.BATCH_OPEN,
                        () -> model(
                                (scope, x) -> x.add(scope.parameter("shift", x.shape(), Initializer.zeros())),
                                Shape.of(Shape.BATCH, 5))),
                entry(
                        ErrorCode.BATCH_OPEN,
                        () -> model(
                                (scope, x) -> x.add(scope.parameter("shift", x.shape(), Initializer.zeros())), INPUT)),
                entry(
                        ErrorCode.DATA_DEPENDENT,
                        () -> model((scope, x) -> x.sum().greater(1).toBoolean() ? x.mul(0.5) : x, INPUT)),
                entry(
                        ErrorCode.NOT_DIFFERENTIABLE,
                        () -> model((scope, x) -> x.argMax(-1).gradient(x), INPUT)));
    }

    private List<Map.Entry<ErrorCode, ThrowingCallable>> ofLayers() {
        TensorType type = new TensorType(DType.FLOAT32, INPUT);
        return List.of(
                entry(ErrorCode.ARITY, () -> backend.model(new Dense(3)).initialize(List.of(type, type), 1)),
                entry(
                        ErrorCode.NAME,
                        () -> model(
                                (scope, x) -> scope.call("hidden", new Dense(2), scope.call("hidden", new Dense(3), x)),
                                INPUT)),
                entry(
                        ErrorCode.NAME,
                        () -> model(
                                (scope, x) -> x.mul(scope.parameter("scale", Shape.of(5), Initializer.ones()))
                                        .add(scope.parameter("scale", Shape.of(5), Initializer.zeros())),
                                INPUT)),
                entry(ErrorCode.ARGUMENT, () -> initializeWithNothing(backend.model(new Dense(3)))),
                entry(ErrorCode.ARGUMENT, () -> model(Sequential.of(new Dense(3), returningNothing()), INPUT)),
                entry(ErrorCode.CONFIGURATION, () -> new Dense(0)),
                entry(ErrorCode.CONFIGURATION, () -> Optimizer.parse("sdg:lr=1")),
                entry(ErrorCode.BACKEND_CHOICE, () -> Backend.load("jax")));
    }

    private List<Map.Entry<ErrorCode, ThrowingCallable>> ofWeights() {
        Map<String, HostArray> wrong = new LinkedHashMap<>();
        wrong.put("scale", HostArray.uniform(THREE, 1));
        wrong.put("weight", HostArray.uniform(Shape.of(3, 5), 1));
        return List.of(
                entry(ErrorCode.NOT_INITIALIZED, () -> backend.model(new Dense(3))
                        .parameter("weight")),
                entry(ErrorCode.UNKNOWN_PARAMETER, () -> model(new Dense(3), INPUT)
                        .parameter("kernel")),
                entry(ErrorCode.WEIGHTS, () -> model(new Dense(3), INPUT).setParameters(wrong)),
                entry(ErrorCode.CLOSED, () -> {
                    Backend closed = Backend.load("reference");
                    closed.close();
                    closed.model(new Dense(3));
                }),
                entry(ErrorCode.CLOSED, () -> {
                    Model model = model(new Dense(3), INPUT);
                    model.close();
                    model.predict(HostArray.uniform(INPUT, 1));
                }));
    }

    private List<Map.Entry<ErrorCode, ThrowingCallable>> ofFiles() {
        HostArray array = HostArray.uniform(THREE, 1);
        Map<String, HostArray> two = new TreeMap<>(Map.of("a", array, "b", array));
        LayerJson json = LayerJson.standard();
        return List.of(
                entry(ErrorCode.NAME, () -> Safetensors.of(two).tensor()),
                entry(
                        ErrorCode.UNKNOWN_LAYER,
                        () -> json.parse(
                                "{\"type\": \"Sequential\", \"layers\": [{\"type\": \"Dens\", \"units\": 3}]}")),
                entry(ErrorCode.UNKNOWN_LAYER, () -> json.format((scope, x) -> x)),
                entry(ErrorCode.ARCHITECTURE, () -> json.parse("{\"type\": \"Dense\", \"units\": \"3\"}")),
                entry(ErrorCode.FILE_FORMAT, () -> Safetensors.read(folder.resolve("weights.safetensors"))),
                entry(ErrorCode.FILE_ACCESS, () -> Safetensors.read(folder.resolve("none.safetensors"))));
    }

    @NullUnmarked
    private static void initializeWithNothing(Model model) {
        model.initialize((Shape) null, 1);
    }

    @NullUnmarked
    private static Layer returningNothing() {
        return (scope, x) -> null;
    }

    private Model model(Layer layer, Shape input) {
        return backend.model(layer).initialize(input, 1);
    }

    private Model ofIntegers(Layer layer, Shape input) {
        return backend.model(layer).initialize(List.of(new TensorType(DType.INT64, input)), 1);
    }

    private void trainWithAWrongLabel() {
        Model model = model(new Dense(3), INPUT);
        try (Trainer trainer = Trainer.of(model, Loss.crossEntropy(), new Sgd(0.1), 1)) {
            trainer.step(HostArray.uniform(INPUT, 1), HostArray.of(Shape.of(2), 0L, 3L));
        }
    }
}
