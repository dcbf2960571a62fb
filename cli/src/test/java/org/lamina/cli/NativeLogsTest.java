package org.lamina.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.Backend;
import org.lamina.HostArray;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.io.Bundle;
import org.lamina.io.LayerJson;
import org.lamina.layer.Layer;
import org.lamina.port.ModelFormat;
import org.lamina.port.ModelFormats;

/** What native libraries write to the C library's standard error does not reach the user, who has set no variable for it. */
@EnabledOnOs(OS.LINUX)
class NativeLogsTest {
    private static final List<String> WITHOUT_VARIABLES =
            List.of("env", "-u", "TF_CPP_MIN_LOG_LEVEL", "-u", "TF_ENABLE_ONEDNN_OPTS", "-u", "TORCH_CPP_LOG_LEVEL");
    /** PyTorch warns of DJL's own blocks, TensorFlow of a session's first run and of the graph that it reads. */
    private static final String NETWORK = """
            {"type": "Sequential", "layers": [
              {"type": "Conv2d", "filters": 4, "kernel": [3, 3]},
              {"type": "BatchNorm", "epsilon": 1e-5},
              {"type": "Relu"},
              {"type": "MaxPool2d", "kernel": [2, 2]},
              {"type": "Flatten"},
              {"type": "Dense", "units": 3}]}
            """;

    private static final Map<String, String> FILES = Map.of(
            "dl4j", "net.zip", "djl", "net.params", "tf", "net", "torch", "net.safetensors", "lamina", "own.zip");

    @TempDir
    private Path folder;

    static Stream<Arguments> formats() {
        return ModelFormats.all().stream()
                .map(ModelFormat::name)
                .filter(FILES::containsKey)
                .map(Arguments::of);
    }

    @ParameterizedTest
    @MethodSource("formats")
    void portingPrintsItsOwnWordsAlone(String format) throws Exception {
        Layer layer = LayerJson.standard().parse(NETWORK);
        try (Backend backend = Backend.load(Backends.REFERENCE);
                Model model = backend.model(layer).initialize(Shape.of(2, 1, 6, 6), 5)) {
            Bundle.of(model).write(folder.resolve("first.zip"));
        }
        String there = format + ":" + folder.resolve(FILES.getOrDefault(format, ""));
        requireQuiet("port", "--from", "lamina:" + folder.resolve("first.zip"), "--to", there, "--verify");
        requireQuiet("port", "--from", there, "--to", "lamina:" + folder.resolve("last.zip"), "--verify");
    }

    static List<String> backends() {
        return Workspace.frameworks();
    }

    @ParameterizedTest
    @MethodSource("backends")
    void trainingPrintsItsOwnWordsAlone(String backend) throws Exception {
        Workspace work = new Workspace(folder);
        requireQuiet(
                "train",
                work.text("layer.json", "{\"type\": \"Dense\", \"units\": 3, \"activation\": {\"type\": \"Gelu\"}}"),
                "--data",
                work.arrays("data", "x", HostArray.normal(Shape.of(8, 5), 1), "y", HostArray.normal(Shape.of(8, 3), 2)),
                "--backend",
                backend,
                "--seed",
                1,
                "--loss",
                "mse",
                "--optimizer",
                "adam",
                "--batch",
                4,
                "--steps",
                3,
                "--output",
                work.at("out"));
    }

    private void requireQuiet(Object... arguments) throws Exception {
        ChildJvm child = ChildJvm.start(
                WITHOUT_VARIABLES,
                List.of(),
                System.getProperty("java.class.path"),
                folder.resolve("prints"),
                Main.class,
                arguments);
        assertThat(child.exitCode()).as(child.errors()).isZero();
        assertThat(child.errors()).isEmpty();
    }
}
