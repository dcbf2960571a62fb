package org.lamina.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;

/** Reading what NumPy wrote (npz.py beside the files), and refusing what it did not. */
class NpzTest {
    @TempDir
    private Path folder;

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(NpzTest.class.getResource(name).toURI());
    }

    @Test
    void readsAnArchiveOfEveryDtypeAndOrder() throws Exception {
        Map<String, HostArray> arrays = Npz.read(resource("numpy.npz"));
        assertThat(arrays)
                .containsOnlyKeys("float32", "float64", "int32", "int64", "bool", "empty", "big", "fortran")
                .containsEntry(
                        "float32",
                        HostArray.of(
                                Shape.of(2, 3), 1.5f, -0f, Float.POSITIVE_INFINITY, Float.NaN, Float.MIN_VALUE, 3f))
                .containsEntry("float64", HostArray.of(Shape.scalar(), Math.PI))
                .containsEntry("int32", HostArray.of(Shape.of(2), Integer.MIN_VALUE, Integer.MAX_VALUE))
                .containsEntry("int64", HostArray.of(Shape.of(2, 1), Long.MIN_VALUE, Long.MAX_VALUE))
                .containsEntry("bool", HostArray.of(Shape.of(2), true, false))
                .containsEntry("empty", HostArray.of(Shape.of(2, 0, 3), new float[0]))
                .containsEntry("big", HostArray.of(Shape.of(3), 1.0, 2.0, -3.0))
                .containsEntry(
                        "fortran",
                        HostArray.of(Shape.of(2, 3, 4), IntStream.range(0, 24).toArray()));
    }

    @Test
    void readsACompressedArchive() throws Exception {
        assertThat(Npz.read(resource("compressed.npz")))
                .containsExactly(Map.entry(
                        "x",
                        HostArray.of(Shape.of(1000), LongStream.range(0, 1000).toArray())));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void readsEveryVersion(int version) throws Exception {
        assertThat(Npz.readArray(resource("version-" + version + ".npy")))
                .isEqualTo(HostArray.generate(new TensorType(DType.FLOAT32, Shape.of(2, 3)), i -> i));
    }

    private Path npy(int version, String header, int dataBytes) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(10 + text.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
        bytes.put((byte) version).put((byte) 0).putShort((short) text.length).put(text);
        return Files.write(folder.resolve("file.npy"), bytes.array());
    }

    private static void assertRefused(Path file, String problem) {
        assertThatThrownBy(() -> Npz.readArray(file))
                .isInstanceOfSatisfying(
                        LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FILE_FORMAT))
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(problem)
                .hasMessageContaining("; nothing was loaded. ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '~',
            value = {
                "{'descr': '<f2', 'fortran_order': False, 'shape': ()} # dtype <f2",
                "{'descr': '|u1', 'fortran_order': False, 'shape': ()} # dtype |u1",
                "{'descr': '<M8[ns]', 'fortran_order': False, 'shape': ()} # dtype <M8[ns]",
                "{'descr': '|O', 'fortran_order': False, 'shape': ()} # could run code",
                "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': ()} # structured dtype",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (1)} # is not a dictionary",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)} # is not a dictionary",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (1.5,)} # is not a dictionary",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775808,)} # is not a dictionary",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (,)} # is not a dictionary",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (1 1)} # is not a dictionary",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904,)} # more than 2^63 - 1 bytes",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)} # more than 2^63 - 1 bytes",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000,)} # needs 4000000000 bytes",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} # needs 8 bytes, and 4 follow",
                "{'descr': '<f4', 'fortran_order': 0, 'shape': ()} # is not a dictionary",
                "{'descr': '<f4', 'fortran_order': False} # is not a dictionary",
                "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': ()} # is not a dictionary",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (), 'x': 1} # is not a dictionary",
                "{'descr': '<f4', 'fortran_order': False, 'shape': ()} 1 # is not a dictionary",
                "{'descr': '<f4 # is not a dictionary",
                "__import__('os').system('true') # is not a dictionary",
                "{ # is not a dictionary"
            })
    void refusesHeaders(String header, String problem) throws IOException {
        assertRefused(npy(1, header, 4), problem.strip());
    }

    @Test
    void acceptsHeadersOfOtherWriters() throws IOException {
        Path file = npy(1, "{\"shape\":(2L,1,),\"fortran_order\":True,\"descr\":\"<i4\"}\n", 8);
        assertThat(Npz.readArray(file)).isEqualTo(HostArray.of(Shape.of(2, 1), 0, 0));
    }

    @Test
    void refusesManyAxesOtherVersionsAndOtherFiles() throws IOException {
        assertRefused(
                npy(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (" + "1,".repeat(65) + ")}", 4), "65 axes");
        assertRefused(npy(4, "{}", 4), "version 4.0");
        assertRefused(npy(2, "{}", 4), "its header would have");
        assertRefused(Files.writeString(folder.resolve("text"), "not an array"), "does not begin as a npy file");
        assertRefused(Files.write(folder.resolve("empty"), new byte[0]), "does not begin as a npy file");
    }

    @Test
    void refusesABoolThatIsNone() throws IOException {
        Path file = npy(1, "{'descr': '|b1', 'fortran_order': False, 'shape': (1,)}", 1);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] = 2;
        assertRefused(Files.write(file, bytes), "a bool is 2");
    }
}
