package org.lamina.djl;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Activation;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.Backend;
import org.lamina.Gradients;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.io.Bundle;
import org.lamina.layer.Layer;
import org.lamina.layers.AvgPool2d;
import org.lamina.layers.BatchNorm;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Conv1d;
import org.lamina.layers.Conv2d;
import org.lamina.layers.Dense;
import org.lamina.layers.Flatten;
import org.lamina.layers.Gelu;
import org.lamina.layers.GlobalAveragePool;
import org.lamina.layers.GroupNorm;
import org.lamina.layers.Gru;
import org.lamina.layers.LayerNorm;
import org.lamina.layers.Lstm;
import org.lamina.layers.MaxPool2d;
import org.lamina.layers.MultiHeadAttention;
import org.lamina.layers.Relu;
import org.lamina.layers.Sequential;
import org.lamina.layers.SimpleRnn;
import org.lamina.layers.Softmax;
import org.lamina.layers.Tanh;
import org.lamina.port.NativeModel;

/** DJL's own blocks with ported parameters give the outputs and gradients of the layers. */
class DjlFormatTest {
    /** Two float32 runs of a few layers. */
    private static final double ERROR = 2e-6;

    private static final DjlProvider PROVIDER = DjlProvider.any();

    @TempDir
    private Path folder;

    private final DjlFormat format = new DjlFormat();

    /** With filters that do not fill a vector PyTorch's own derivative by the input differs from call to call. */
    static Stream<Arguments> models() {
        List<Long> two = List.of(2L, 2L);
        List<Long> one = List.of(1L, 1L);
        return Stream.of(
                Arguments.of(
                        Sequential.of(
                                new Conv2d(32, List.of(3L, 2L), one, List.of(List.of(1L, 1L), List.of(0L, 0L)), one, 2),
                                new Relu(),
                                new MaxPool2d(two),
                                new BatchNorm(1e-4),
                                new AvgPool2d(two, one),
                                new Flatten(),
                                new Dense(5, new Tanh()),
                                new Dense(3),
                                new Softmax()),
                        Shape.of(2, 4, 9, 8)),
                Arguments.of(
                        Sequential.of(new Lstm(5), new SimpleRnn(4), new Gru(3, false), new Dense(2)),
                        Shape.of(2, 6, 4)),
                Arguments.of(Sequential.of(new Dense(6), new LayerNorm(1e-5), new Gelu()), Shape.of(2, 4)),
                Arguments.of(Sequential.of(new Conv1d(16, 2), new Relu()), Shape.of(2, 4, 7)),
                Arguments.of(
                        Sequential.of(new Conv1d(16, 2), new BatchNorm(1e-4), new GlobalAveragePool(), new Dense(2)),
                        Shape.of(2, 4, 7)),
                Arguments.of(
                        Sequential.of(new Conv2d(16, two), new GlobalAveragePool(), new Dense(2)),
                        Shape.of(2, 3, 5, 5)),
                // DJL has no block for these: Lamina's own takes their place.
                Arguments.of(
                        Sequential.of(
                                new Dense(4),
                                new CenteredLayer(),
                                new MultiHeadAttention(2, 4),
                                new GroupNorm(2, 1e-5),
                                new Gru(3, true, false),
                                new Flatten(),
                                new Dense(2)),
                        Shape.of(2, 4, 4)));
    }

    private Bundle bundle(Layer layer, Shape input) {
        try (Backend backend = Backend.load(PROVIDER.name());
                Model model = backend.model(layer)) {
            model.initialize(input, 5);
            // Biases start at 0, which would hide one that is lost.
            model.declarations().forEach(declaration -> {
                HostArray value = model.parameter(declaration.path());
                model.setParameter(
                        declaration.path(), HostArray.generate(value.type(), i -> value.doubleAt(i) + 0.01 * (i % 7)));
            });
            return Bundle.of(model);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void blocksGiveTheLayersNumbers(Layer layer, Shape input) {
        Bundle model = bundle(layer, input);
        Path file = folder.resolve("net.params");
        format.write(model, file);
        Bundle back = format.read(file, null);
        assertThat(back.layer()).isEqualTo(layer);
        assertThat(back.weights().tensors())
                .containsExactlyInAnyOrderEntriesOf(model.weights().tensors());
        HostArray x = HostArray.normal(input, 3);
        try (Backend backend = Backend.load(PROVIDER.name());
                Model own = backend.model(layer)
                        .initialize(List.of(x.type()), model.weights().tensors());
                NativeModel framework = format.open(file, null).orElseThrow()) {
            HostArray y = own.predict(x);
            HostArray dy = HostArray.normal(y.shape(), 4);
            NativeModel.Results results = framework.run(x, dy);
            int last = ((Sequential) layer).layers().size() - 1;
            assertThat(results.outputs()).hasSize(last + 1);
            requireClose(results.outputs().get(Integer.toString(last)), y);
            Gradients gradients = own.gradients(List.of(x), List.of(dy));
            if (results.gradients().isEmpty()) {
                assertThat(PROVIDER.engine() + model.weights().tensors().keySet())
                        .contains(DjlProvider.MXNET, "runningMean");
                return;
            }
            requireClose(results.gradients().get("x"), gradients.inputs().get(0));
            gradients.parameters().forEach((name, gradient) -> {
                // DJL has no gradient of what it does not train.
                if (!name.contains("running")) {
                    requireClose(results.gradients().get(name), gradient);
                }
            });
        }
    }

    private static void requireClose(
            @org.jspecify.annotations.Nullable HostArray got, @org.jspecify.annotations.Nullable HostArray expected) {
        assertThat(got).isNotNull();
        assertThat(expected).isNotNull();
        if (got != null && expected != null) {
            assertThat(got.shape()).isEqualTo(expected.shape());
            double scale =
                    Arrays.stream(expected.toDoubles()).map(Math::abs).max().orElse(0);
            assertThat(got.toDoubles())
                    .containsExactly(expected.toDoubles(), Offset.offset(ERROR * Math.max(1, scale)));
        }
    }

    /** As a program of DJL's own makes, trains and saves them: only what the layers are has to be told. */
    @Test
    void blocksThatDjlItselfSavedAreRead() throws IOException {
        Path saved = Files.createDirectories(folder.resolve("saved"));
        HostArray x = HostArray.normal(Shape.of(2, 1, 6, 6), 3);
        HostArray expected;
        try (ai.djl.Model model = ai.djl.Model.newInstance("net", PROVIDER.engine())) {
            SequentialBlock block = new SequentialBlock()
                    .add(ai.djl.nn.convolutional.Conv2d.builder()
                            .setKernelShape(new ai.djl.ndarray.types.Shape(3, 3))
                            .setFilters(4)
                            .build())
                    .add(Activation::tanh)
                    .add(ai.djl.nn.norm.BatchNorm.builder().optEpsilon(1e-4f).build())
                    .add(Blocks.batchFlattenBlock())
                    .add(Linear.builder().setUnits(3).build());
            model.setBlock(block);
            block.initialize(model.getNDManager(), DataType.FLOAT32, new ai.djl.ndarray.types.Shape(2, 1, 6, 6));
            expected = predicted(model, block, x);
            model.save(saved, "net");
        }
        Layer layer = Sequential.of(
                new Conv2d(4, List.of(3L, 3L)), new Tanh(), new BatchNorm(1e-4), new Flatten(), new Dense(3));
        Bundle read = format.read(saved.resolve("net-0000.params"), layer);
        try (Backend backend = Backend.load(PROVIDER.name());
                Model own = backend.model(layer)
                        .initialize(List.of(x.type()), read.weights().tensors())) {
            requireClose(own.predict(x), expected);
        }
    }

    private static SequentialBlock threeLinears(NDManager manager) {
        SequentialBlock block = new SequentialBlock();
        for (int i = 0; i < 3; i++) {
            block.add(Linear.builder().setUnits(4).build());
        }
        block.initialize(manager, DataType.FLOAT32, new ai.djl.ndarray.types.Shape(2, 4));
        return block;
    }

    /** Each layer's matrix is square, so that one layer more or fewer fits as well by the shapes. */
    @Test
    void blocksThatTheArchitectureDoesNotHaveAreNotLeftOver() throws IOException {
        try (ai.djl.Model model = ai.djl.Model.newInstance("net", PROVIDER.engine())) {
            model.setBlock(threeLinears(model.getNDManager()));
            model.save(folder, "net");
        }
        Path file = folder.resolve("net-0000.params");
        assertThat(format.read(file, Sequential.of(new Dense(4), new Dense(4), new Dense(4)))
                        .weights()
                        .tensors())
                .hasSize(6);
        assertThatThrownBy(() -> format.read(file, Sequential.of(new Dense(4), new Dense(4))))
                .isInstanceOf(LaminaException.class)
                .hasMessageContaining("with 2 arrays; the 6 arrays of the file");
        assertThatThrownBy(
                        () -> format.read(file, Sequential.of(new Dense(4), new Dense(4), new Dense(4), new Dense(4))))
                .isInstanceOf(LaminaException.class)
                .hasMessageContaining("nothing was loaded");
    }

    @Test
    void whatABlockSavedWithoutAModelIsRead() throws IOException {
        Path file = folder.resolve("block.params");
        HostArray x = HostArray.normal(Shape.of(2, 4), 3);
        HostArray expected;
        try (ai.djl.Model model = ai.djl.Model.newInstance("net", PROVIDER.engine());
                java.io.DataOutputStream out = new java.io.DataOutputStream(Files.newOutputStream(file))) {
            SequentialBlock block = threeLinears(model.getNDManager());
            block.saveParameters(out);
            expected = predicted(model, block, x);
        }
        Layer layer = Sequential.of(new Dense(4), new Dense(4), new Dense(4));
        Bundle read = format.read(file, layer);
        try (Backend backend = Backend.load(PROVIDER.name());
                Model own = backend.model(layer)
                        .initialize(List.of(x.type()), read.weights().tensors())) {
            requireClose(own.predict(x), expected);
        }
    }

    @Test
    void whatHasNoValuesYetOrIsNoneOfDjlsIsRefused() throws IOException {
        Path file = folder.resolve("block.params");
        Layer layer = Sequential.of(new Dense(4));
        format.write(bundle(layer, Shape.of(2, 4)), file);
        String whole = Files.readString(file, ISO_8859_1);
        // What DJL writes of a parameter without a value, in place of the first of the two.
        int first = whole.indexOf("\0P\1");
        Files.writeString(
                file,
                whole.substring(0, first) + "\0N" + whole.substring(whole.indexOf("\0P\1", first + 1)),
                ISO_8859_1);
        assertThatThrownBy(() -> format.read(file, layer))
                .isInstanceOf(LaminaException.class)
                .hasMessageContaining("saved before these parameters had values");
        Files.write(file, HostArray.normal(Shape.of(100), 5).toString().getBytes(ISO_8859_1));
        assertThatThrownBy(() -> format.read(file, layer))
                .isInstanceOf(LaminaException.class)
                .hasMessageContaining("as Model.save or Block.saveParameters of DJL writes them");
    }

    private static HostArray predicted(ai.djl.Model model, SequentialBlock block, HostArray x) {
        try (NDManager manager = model.getNDManager().newSubManager()) {
            return DjlArray.host(
                    block.forward(new ParameterStore(manager, false), new NDList(DjlArray.upload(manager, x)), false)
                            .singletonOrThrow());
        }
    }

    @Test
    void aFolderHoldsBoth() throws IOException {
        Bundle model = bundle(Sequential.of(new Dense(3)), Shape.of(2, 4));
        Path net = folder.resolve("net");
        format.write(model, net);
        try (Stream<Path> files = Files.list(net)) {
            assertThat(files.map(file -> String.valueOf(file.getFileName())))
                    .containsExactlyInAnyOrder("net-0000.params", "layer.json");
        }
        assertThat(format.read(net, null).weights()).isEqualTo(model.weights());
    }

    @Test
    void aLayerThatNoFileCanNameIsListed() {
        Layer twice = (scope, x) -> x.mul(2);
        Bundle model = bundle(Sequential.of(new Dense(4), twice), Shape.of(2, 4, 4));
        assertThatThrownBy(() -> format.write(model, folder.resolve("net.params")))
                .isInstanceOf(LaminaException.class)
                .hasMessageContaining("layers[1]")
                .hasMessageContaining("lambda");
        assertThat(Files.exists(folder.resolve("net.params"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 20, 60, 100, 150})
    void truncatedFilesAreRefused(int length) throws IOException {
        Bundle model = bundle(Sequential.of(new Dense(4), new Dense(3)), Shape.of(2, 4));
        Path file = folder.resolve("net.params");
        format.write(model, file);
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), length));
        assertThatThrownBy(() -> format.read(file, null))
                .isInstanceOf(LaminaException.class)
                .hasMessageContaining("nothing was loaded");
    }
}
