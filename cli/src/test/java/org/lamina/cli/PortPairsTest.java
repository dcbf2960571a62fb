package org.lamina.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lamina.cli.Invocation.lamina;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.io.Bundle;
import org.lamina.layer.Layer;
import org.lamina.layers.Dense;
import org.lamina.layers.Embedding;
import org.lamina.layers.Flatten;
import org.lamina.layers.Gelu;
import org.lamina.layers.LayerNorm;
import org.lamina.layers.Lstm;
import org.lamina.layers.MultiHeadAttention;
import org.lamina.layers.PositionalEncoding;
import org.lamina.layers.Residual;
import org.lamina.layers.Sequential;
import org.lamina.layers.Softmax;
import org.lamina.port.ModelFormat;
import org.lamina.port.ModelFormats;

/** Models move from each framework's own file to each other's, and both frameworks give the oracle's numbers for it. */
class PortPairsTest {
    private static final TensorType WORDS = new TensorType(DType.INT64, Shape.of(2, 5));
    private static final TensorType SEQUENCE = new TensorType(DType.FLOAT32, Shape.of(2, 5, 6));
    private static final Layer LSTM_CLASSIFIER =
            Sequential.of(new Embedding(11, 6), new Lstm(5), new Lstm(4, false), new Dense(3), new Softmax());
    private static final Layer ATTENTION_BLOCK = Sequential.of(
            new Dense(8),
            new PositionalEncoding(),
            new Residual(new MultiHeadAttention(2, 8)),
            new LayerNorm(1e-5),
            new Residual(Sequential.of(new Dense(16), new Gelu(), new Dense(8))),
            new LayerNorm(1e-5),
            new Flatten(),
            new Dense(3));
    private static final Map<String, String> FILES = Map.of("dl4j", "net.zip", "djl", "net.params", "tf", "net");

    @TempDir
    private Path folder;

    static Stream<Arguments> pairs() {
        List<String> formats = ModelFormats.all().stream()
                .map(ModelFormat::name)
                .filter(FILES::containsKey)
                .toList();
        return formats.stream().flatMap(from -> formats.stream()
                .filter(to -> !to.equals(from) || formats.size() == 1)
                .flatMap(to -> Stream.of(
                        Arguments.of("LSTM classifier", from, to, LSTM_CLASSIFIER, WORDS),
                        Arguments.of("attention block", from, to, ATTENTION_BLOCK, SEQUENCE))));
    }

    @ParameterizedTest(name = "{0} from {1} to {2}")
    @MethodSource("pairs")
    void aModelMovesBetweenEachPairOfFrameworks(String name, String from, String to, Layer layer, TensorType input) {
        String first = "lamina:" + folder.resolve("first.zip");
        String source = from + ":" + folder.resolve("source").resolve(FILES.getOrDefault(from, ""));
        String target = to + ":" + folder.resolve("target").resolve(FILES.getOrDefault(to, ""));
        String last = "lamina:" + folder.resolve("last.zip");
        bundle(layer, input).write(folder.resolve("first.zip"));
        port(first, source);
        assertThat(port(source, target, "--verify"))
                .contains(from + " in ", to + " in ")
                .contains("grad." + (layer == LSTM_CLASSIFIER ? "0.weight" : "2.layer.query.weight"))
                .contains("source and target agree");
        port(target, last);
        assertThat(folder.resolve("last.zip")).hasSameBinaryContentAs(folder.resolve("first.zip"));
    }

    private static Bundle bundle(Layer layer, TensorType input) {
        try (Backend backend = Backend.load(Backends.REFERENCE);
                Model model = backend.model(layer)) {
            model.initialize(List.of(input), 5);
            // Biases start at 0, which would hide one that is lost.
            model.declarations().forEach(declaration -> {
                HostArray value = model.parameter(declaration.path());
                model.setParameter(
                        declaration.path(), HostArray.generate(value.type(), i -> value.doubleAt(i) + 0.01 * (i % 7)));
            });
            return Bundle.of(model);
        }
    }

    private static String port(String from, String to, String... options) {
        Object[] arguments = Stream.concat(Stream.of("port", "--from", from, "--to", to), Stream.of(options))
                .toArray();
        Invocation result = lamina(arguments);
        assertThat(result.err()).isEmpty();
        assertThat(result.exitCode()).as(result.out()).isZero();
        return result.out();
    }
}
