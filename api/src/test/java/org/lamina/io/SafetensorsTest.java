package org.lamina.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;

/** Reading and writing good files. */
class SafetensorsTest {
    @TempDir
    private Path folder;

    private Safetensors read(byte[] content) throws IOException {
        return Safetensors.read(SafetensorsBytes.write(folder, content));
    }

    @Test
    void readsAFileMadeByHand() throws Exception {
        Path file =
                Path.of(SafetensorsTest.class.getResource("by-hand.safetensors").toURI());
        Safetensors read = Safetensors.read(file);
        assertThat(read.metadata()).containsExactly(Map.entry("format", "pt"));
        assertThat(read.tensors().keySet()).containsExactly("b", "a.weight", "flag", "none", "step");
        assertThat(read.tensor("a.weight")).isEqualTo(HostArray.of(Shape.of(2, 2), 1f, -2f, 0.5f, 3f));
        assertThat(read.tensor("b")).isEqualTo(HostArray.of(Shape.of(1), Math.PI));
        assertThat(read.tensor("flag")).isEqualTo(HostArray.of(Shape.of(3), true, false, true));
        assertThat(read.tensor("none")).isEqualTo(HostArray.of(Shape.of(0, 4), new int[0]));
        assertThat(read.tensor("step")).isEqualTo(HostArray.of(Shape.scalar(), -2L));
    }

    @Test
    void writesTheBytesOfTheReferenceImplementation() throws Exception {
        Path file = folder.resolve("out.safetensors");
        Safetensors.of(Map.of("attn.0", HostArray.of(Shape.of(1, 2, 3), new float[6])))
                .write(file);
        assertThat(Files.readAllBytes(file))
                .isEqualTo(SafetensorsBytes.of(
                        "{\"attn.0\":{\"dtype\":\"F32\",\"shape\":[1,2,3],\"data_offsets\":[0,24]}}", new int[24]));
    }

    @Test
    void readsHalfPrecisionExactly() throws Exception {
        Safetensors read = read(SafetensorsBytes.of(
                "{\"h\":{\"dtype\":\"F16\",\"shape\":[6],\"data_offsets\":[0,12]},"
                        + "\"b\":{\"dtype\":\"BF16\",\"shape\":[3],\"data_offsets\":[12,18]}}",
                SafetensorsBytes.hex("003c00c00100007c0080ff7b803f494080ff")));
        assertThat(read.tensor("h"))
                .isEqualTo(HostArray.of(Shape.of(6), 1f, -2f, 0x1p-24f, Float.POSITIVE_INFINITY, -0f, 65504f));
        assertThat(read.tensor("b")).isEqualTo(HostArray.of(Shape.of(3), 1f, 3.140625f, Float.NEGATIVE_INFINITY));
    }

    @Test
    void readsAllHalfPrecisionValuesInOrder() throws Exception {
        int[] bytes = new int[2 * 0x7c01];
        for (int i = 0; i <= 0x7c00; i++) {
            bytes[2 * i] = i & 0xff;
            bytes[2 * i + 1] = i >> 8;
        }
        float[] values = read(SafetensorsBytes.of(
                        "{\"h\":{\"dtype\":\"F16\",\"shape\":[31745],\"data_offsets\":[0,63490]}}", bytes))
                .tensor()
                .toFloats();
        // Formed as the standard says: fraction times two to the exponent.
        for (int i = 0; i < 0x7c00; i++) {
            int exponent = i >> 10;
            double expected =
                    exponent == 0 ? Math.scalb((double) i, -24) : Math.scalb(1024.0 + (i & 0x3ff), exponent - 25);
            assertThat((double) values[i]).isEqualTo(expected);
        }
        assertThat(values[0x7c00]).isInfinite();
    }

    @Test
    void acceptsAnEmptyFileAndPaddingAndAnyHeaderOrder() throws Exception {
        assertThat(read(SafetensorsBytes.of("{}      ")).tensors()).isEmpty();
        Safetensors read = read(SafetensorsBytes.of(
                "{\"late\":{\"data_offsets\":[1,2],\"shape\":[],\"dtype\":\"BOOL\"},"
                        + "\"early\":{\"dtype\":\"BOOL\",\"shape\":[1],\"data_offsets\":[0,1]}}",
                1,
                0));
        assertThat(read.tensors().keySet()).containsExactly("late", "early");
        assertThat(read.tensor("early").doubleAt(0)).isEqualTo(1);
    }

    @Test
    void alignsEveryElementToItsSizeAndKeepsTheOrder() throws Exception {
        Map<String, HostArray> tensors = new LinkedHashMap<>();
        tensors.put("flag", HostArray.of(Shape.of(3), true, false, true));
        tensors.put("wide", HostArray.of(Shape.of(1), 2.0));
        tensors.put("narrow", HostArray.of(Shape.of(1), 3f));
        Path file = folder.resolve("out.safetensors");
        Safetensors.of(tensors).write(file);
        assertThat(Safetensors.read(file).tensors().keySet()).containsExactly("flag", "wide", "narrow");
        String header = new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1);
        assertThat(header)
                .contains("\"wide\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}")
                .contains("\"narrow\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}")
                .contains("\"flag\":{\"dtype\":\"BOOL\",\"shape\":[3],\"data_offsets\":[12,15]}");
        assertThat((Files.size(file) - 15) % 8).isZero();
    }

    @Test
    void savesATensorAListAndAMap() {
        Path file = folder.resolve("x-file");
        HostArray x = HostArray.uniform(Shape.of(4), 1);
        HostArray y = HostArray.full(new TensorType(DType.FLOAT32, Shape.of(4)), 0);
        Safetensors.of(x).write(file);
        assertThat(Safetensors.read(file).tensor()).isEqualTo(x);
        Safetensors.of(List.of(x, y)).write(file);
        assertThat(Safetensors.read(file).list()).containsExactly(x, y);
        Safetensors.of(Map.of("y", y, "x", x)).write(file);
        assertThat(Safetensors.read(file).tensors()).isEqualTo(Map.of("x", x, "y", y));
    }

    @Test
    void readsListsOfMoreThanTenInOrder() {
        List<HostArray> many = java.util.stream.IntStream.range(0, 12)
                .mapToObj(i -> HostArray.of(Shape.scalar(), i))
                .toList();
        Path file = folder.resolve("many");
        Safetensors.of(many).write(file);
        assertThat(Safetensors.read(file).list()).isEqualTo(many);
    }

    @Test
    void tellsWhatIsThereWhenSomethingElseIsAskedFor() {
        HostArray x = HostArray.of(Shape.scalar(), 1f);
        assertThatThrownBy(() -> Safetensors.of(Map.of("a", x)).list())
                .isInstanceOf(LaminaException.class)
                .hasMessageContaining("no tensor named 0 among [a]");
        assertThatThrownBy(() -> Safetensors.of(List.of(x, x)).tensor())
                .isInstanceOf(LaminaException.class)
                .hasMessageContaining("there are 2: [0, 1]");
    }

    @Test
    void refusesNamesThatTheFormatCannotHold() {
        HostArray x = HostArray.of(Shape.scalar(), 1f);
        Path file = folder.resolve("out");
        assertThatThrownBy(() -> Safetensors.of(Map.of("__metadata__", x)).write(file))
                .hasMessageContaining("__metadata__");
        assertThatThrownBy(() -> Safetensors.of(Map.of("\ud800", x)).write(file))
                .hasMessageContaining("surrogate");
        assertThatThrownBy(() -> new Safetensors(Map.of("x", x), Map.of("k", "\udc00")).write(file))
                .hasMessageContaining("surrogate");
        assertThat(file).doesNotExist();
    }
}
