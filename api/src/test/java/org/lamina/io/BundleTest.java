package org.lamina.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Dense;
import org.lamina.layers.Sequential;

/** Architecture and weights together. */
class BundleTest {
    @TempDir
    private Path folder;

    private static Bundle bundle(long units) {
        Map<String, HostArray> weights = new LinkedHashMap<>();
        weights.put("0.weight", HostArray.normal(Shape.of(4, units), 1));
        weights.put("0.bias", HostArray.uniform(Shape.of(units), 2));
        return new Bundle(
                Sequential.of(new Dense(units), new CenteredLayer()),
                new Safetensors(weights, Map.of("1.weight", "0.weight")));
    }

    private static void assertRefused(ErrorCode code, String problem, Runnable action) {
        assertThatThrownBy(action::run)
                .isInstanceOfSatisfying(
                        LaminaException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(problem);
    }

    @ParameterizedTest
    @ValueSource(strings = {"net", "net.zip"})
    void keepsAModelAndReplacesIt(String name) throws IOException {
        Path path = folder.resolve(name);
        bundle(2).write(path);
        assertThat(Bundle.read(path)).isEqualTo(bundle(2));
        bundle(3).write(path);
        assertThat(Bundle.read(path)).isEqualTo(bundle(3));
        assertThat(Files.isDirectory(path)).isEqualTo(name.equals("net"));
    }

    @Test
    void writesTheSameBytesAlways() {
        bundle(2).write(folder.resolve("a.zip"));
        bundle(2).write(folder.resolve("b.zip"));
        assertThat(folder.resolve("a.zip")).hasSameBinaryContentAs(folder.resolve("b.zip"));
    }

    @Test
    void isTwoFilesThatCanBeReadAlone() {
        Path path = folder.resolve("net");
        bundle(2).write(path);
        assertThat(LayerJson.standard().read(path.resolve("layer.json")))
                .isEqualTo(bundle(2).layer());
        assertThat(Safetensors.read(path.resolve("weights.safetensors")))
                .isEqualTo(bundle(2).weights());
    }

    @Test
    void readsAFolderThatWasAboutToBeReplaced() throws IOException {
        Path path = folder.resolve("net");
        bundle(2).write(path);
        Files.move(path, folder.resolve(".net.replaced.tmp"));
        assertThat(Bundle.read(path)).isEqualTo(bundle(2));
    }

    @Test
    void passesOverOtherEntriesAndSaysWhichIsMissing() throws IOException {
        Path path = folder.resolve("some.zip");
        Map<String, AtomicWrite.Content> entries = new LinkedHashMap<>();
        entries.put("README", out -> out.write("a bundle".getBytes(StandardCharsets.UTF_8)));
        entries.put("layer.json", out -> out.write("{\"type\":\"Relu\"}".getBytes(StandardCharsets.UTF_8)));
        AtomicWrite.zip(path, entries);
        assertRefused(
                ErrorCode.FILE_FORMAT,
                "no entry weights.safetensors; it has [README, layer.json]",
                () -> Bundle.read(path));
        entries.put("weights.safetensors", Safetensors.of(Map.of())::writeTo);
        AtomicWrite.zip(path, entries);
        assertThat(Bundle.read(path).weights().tensors()).isEmpty();
    }

    @Test
    void namesTheFileAndTheEntryInErrors() {
        Path path = folder.resolve("bad.zip");
        AtomicWrite.zip(
                path,
                Map.of(
                        "layer.json",
                        out -> out.write("{\"type\":\"Rely\"}".getBytes(StandardCharsets.UTF_8)),
                        "weights.safetensors",
                        out -> out.write(1)));
        assertRefused(
                ErrorCode.UNKNOWN_LAYER,
                path + ", entry layer.json: type: no layer is registered as \"Rely\"",
                () -> Bundle.read(path));
    }

    @Test
    void saysThatThereIsNone() {
        assertRefused(ErrorCode.FILE_ACCESS, "there is no such file", () -> Bundle.read(folder.resolve("none")));
        assertRefused(ErrorCode.FILE_ACCESS, "layer.json: there is no such file", () -> Bundle.read(folder));
    }

    @Test
    void writesNothingForALayerThatHasNoName() {
        Path path = folder.resolve("net");
        Bundle lambda = new Bundle((scope, x) -> x, Safetensors.of(Map.of()));
        assertRefused(ErrorCode.UNKNOWN_LAYER, "a lambda", () -> lambda.write(path));
        assertThat(folder).isEmptyDirectory();
    }
}
