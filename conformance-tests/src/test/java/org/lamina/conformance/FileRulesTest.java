package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.Backend;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.io.LayerJson;
import org.lamina.io.Safetensors;
import org.lamina.layer.Layer;
import org.lamina.layers.Dense;
import org.lamina.layers.Dropout;
import org.lamina.layers.Sequential;

/** What is written, and what is refused when it is read. The api's own tests try each format further. */
class FileRulesTest {
    private static final HostArray ARRAY = HostArray.of(
            Shape.of(2, 3),
            1f,
            -0f,
            Float.NaN,
            Float.NEGATIVE_INFINITY,
            Float.MIN_VALUE,
            Float.intBitsToFloat(0x7fc12345));

    @TempDir
    private Path folder;

    @Test
    @Rule({"11.1", "1.2"})
    void weightsAreReadBackBitForBit() throws IOException {
        Path file = folder.resolve("weights.safetensors");
        Safetensors.of(ARRAY).write(file);
        assertThat(Safetensors.read(file).tensor()).isEqualTo(ARRAY);
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(bytes.getFloat(bytes.capacity() - 24)).isEqualTo(1f);
        assertThat(bytes.getInt(bytes.capacity() - 4)).isEqualTo(0x7fc12345);
    }

    @Test
    @Rule("11.1")
    void aSharedParameterIsStoredOnce() {
        Dense shared = new Dense(4);
        try (Backend backend = Backend.load("reference")) {
            Model model = backend.model(Sequential.of(shared, shared)).initialize(Shape.of(1, 4), 1);
            Safetensors weights = new Safetensors(model.parameters(), model.aliases());
            assertThat(weights.tensors()).containsOnlyKeys("0.weight", "0.bias");
            assertThat(weights.metadata()).containsEntry("1.weight", "0.weight").containsEntry("1.bias", "0.bias");
        }
    }

    @ParameterizedTest
    @Rule("11.2")
    @ValueSource(
            strings = {
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[9223372036854775807,8],\"data_offsets\":[0,8]}}",
                "{\"x\":{\"dtype\":\"C64\",\"shape\":[1],\"data_offsets\":[0,8]}}",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
                        + "\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}",
                "[]"
            })
    void damagedWeightsAreRefused(String header) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + text.length + 8).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(text.length).put(text);
        Path file = Files.write(folder.resolve("damaged.safetensors"), bytes.array());
        assertRefused(ErrorCode.FILE_FORMAT, () -> Safetensors.read(file));
    }

    @Test
    @Rule("11.2")
    void truncatedWeightsAreRefused() throws IOException {
        Path file = folder.resolve("weights.safetensors");
        Safetensors.of(ARRAY).write(file);
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertRefused(ErrorCode.FILE_FORMAT, () -> Safetensors.read(file));
        }
    }

    @Test
    @Rule("11.3")
    void filesAreWholeAndTheSameEachTime() throws IOException {
        Path first = folder.resolve("first.safetensors");
        Path second = folder.resolve("second.safetensors");
        Safetensors.of(ARRAY).write(first);
        Safetensors.of(ARRAY).write(second);
        assertThat(first).hasSameBinaryContentAs(second);
        // A name that cannot be stored is found while the file is written.
        assertRefused(ErrorCode.NAME, () -> Safetensors.of(Map.of("__metadata__", ARRAY))
                .write(first));
        assertThat(first).hasSameBinaryContentAs(second);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactlyInAnyOrder(first, second);
        }
    }

    @Test
    @Rule("11.4")
    void architecturesAreReadBack() {
        LayerJson json = LayerJson.standard();
        Dense shared = new Dense(4);
        Layer net = Sequential.of(shared, new Dropout(0.25), shared, new Dense(4));
        assertThat(json.parse(json.format(net))).isInstanceOfSatisfying(Sequential.class, read -> {
            assertThat(read).isEqualTo(net);
            assertThat(read.layers().get(2)).isSameAs(read.layers().get(0));
            assertThat(read.layers().get(3)).isNotSameAs(read.layers().get(0));
        });
        assertRefused(ErrorCode.UNKNOWN_LAYER, () -> json.parse("{\"type\": \"org.lamina.layers.Relu\"}"));
        assertThatThrownBy(() -> json.parse("{\"type\": \"Sequential\", \"layers\": [{\"type\": \"Dense\"}]}"))
                .isInstanceOfSatisfying(
                        LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ARCHITECTURE))
                .hasMessageContaining("layers[0]");
    }

    private static void assertRefused(ErrorCode code, Runnable action) {
        assertThatThrownBy(action::run).isInstanceOfSatisfying(LaminaException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}
