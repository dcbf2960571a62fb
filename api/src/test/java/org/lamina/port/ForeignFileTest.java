package org.lamina.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.io.Safetensors;
import org.lamina.layers.Dense;

/** Files of other formats are refused by what they are, before anything asks for an architecture. */
class ForeignFileTest {
    @TempDir
    private Path folder;

    private Path file(String name, String start) throws IOException {
        return Files.write(folder.resolve(name), start.getBytes(StandardCharsets.ISO_8859_1));
    }

    private Path zip(String... names) throws IOException {
        Path file = folder.resolve("net.zip");
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (String name : names) {
                zip.putNextEntry(new ZipEntry(name));
                zip.write(1);
                zip.closeEntry();
            }
        }
        return file;
    }

    /** The marks as pickle, HDF5, gzip and Git LFS document them. */
    static Stream<Arguments> starts() {
        return Stream.of(
                Arguments.of("net.pth", "\u0080\u0002\u008a\nl\u00fc\u009cF", "a pickle of Python"),
                Arguments.of(
                        "model.safetensors.index.json", "{\"metadata\": {}}", "the index of weights in several files"),
                Arguments.of("pytorch.json", "{\"weight_map\": {}}", "the index of weights in several files"),
                Arguments.of("net.json", "{\"a\": 1}", "a JSON document"),
                Arguments.of("net.npy", "\u0093NUMPY\u0001", "a single array of NumPy"),
                Arguments.of("net.h5", "\u0089HDF\r\n\u001a\n", "an HDF5 file"),
                Arguments.of("net.params", "DJL@", "parameters of DJL"),
                Arguments.of("net.gz", "\u001f\u008b", "compressed by gzip"),
                Arguments.of("net.bin", "version https://git-lfs.github.com/spec/v1", "a pointer of Git LFS"),
                Arguments.of("frozen.pb", "\n\u000f", "frozen graph"),
                Arguments.of("net.onnx", "\u0008\u0007", "ONNX"),
                Arguments.of("net.msgpack", "\u0081\u00a6params\u0081\u00a7Dense_0", "a msgpack file of Flax"),
                Arguments.of("net", "", "an empty file"));
    }

    @ParameterizedTest
    @MethodSource("starts")
    void aFileIsToldByItsStart(String name, String start, String fact) throws IOException {
        requireRefused(file(name, start), fact);
    }

    static Stream<Arguments> archives() {
        return Stream.of(
                Arguments.of(List.of("net/data.pkl", "net/data/0", "net/version"), "a zip of torch.save"),
                Arguments.of(List.of("net/data.pkl", "net/constants.pkl", "net/code/a.py"), "a TorchScript archive"),
                Arguments.of(List.of("config.json", "model.weights.h5"), "a .keras archive"),
                Arguments.of(List.of("layer.json", "weights.safetensors"), "a bundle of Lamina"),
                Arguments.of(List.of("configuration.json", "coefficients.bin"), "a network of Deeplearning4j"),
                Arguments.of(List.of("0.weight.npy", "0.bias.npy"), "an npz archive"),
                Arguments.of(List.of("letter.txt"), "a zip archive"));
    }

    @ParameterizedTest
    @MethodSource("archives")
    void anArchiveIsToldByItsNames(List<String> names, String fact) throws IOException {
        requireRefused(zip(names.toArray(String[]::new)), fact);
    }

    private static void requireRefused(Path file, String fact) {
        for (String format : List.of("torch", "flax")) {
            assertThatThrownBy(() -> ModelFormats.named(format).read(file, null))
                    .hasMessageContaining(fact)
                    .hasMessageContaining("nothing was loaded");
        }
    }

    /** Its length, 640, is the mark of a pickle. */
    @Test
    void aHeaderOfAnyLengthIsNoMark() {
        Path file = folder.resolve("w.safetensors");
        String longName = "a"
                .repeat(640
                        - "{\"__metadata__\":{\"\":\"\"},\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}"
                                .length()
                        - 4);
        new Safetensors(java.util.Map.of("x", HostArray.of(Shape.of(1), 1f)), java.util.Map.of(longName, ""))
                .write(file);
        assertThat(file)
                .satisfies(written -> assertThat(Files.readAllBytes(written)).startsWith(0x80, 0x02, 0));
        assertThat(ForeignFile.of(file)).isEmpty();
    }

    @Test
    void anArchitectureThatContradictsTheFileIsRefused() throws IOException {
        Path file = folder.resolve("net.zip");
        new org.lamina.io.Bundle(new Dense(3), Safetensors.of(java.util.Map.of())).write(file);
        assertThat(ModelFormats.named("lamina").read(file, new Dense(3)).layer())
                .isEqualTo(new Dense(3));
        assertThatThrownBy(() -> ModelFormats.named("lamina").read(file, new Dense(4)))
                .hasMessageContaining("it says itself what its layers are")
                .hasMessageContaining("\"units\": 3");
    }
}
