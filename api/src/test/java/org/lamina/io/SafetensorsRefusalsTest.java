package org.lamina.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;

/** Truncated, hostile and wrong files: each is refused in words, and nothing is allocated by a number in it. */
class SafetensorsRefusalsTest {
    @TempDir
    private Path folder;

    private static Arguments header(String header, String problem, int... data) {
        return Arguments.of(problem, SafetensorsBytes.of(header, data));
    }

    private static Arguments tensor(String entry, String problem, int... data) {
        return header("{\"x\":{" + entry + "}}", problem, data);
    }

    private static Arguments shape(String shape, String problem, int... data) {
        return tensor(
                "\"dtype\":\"F32\",\"shape\":" + shape + ",\"data_offsets\":[0," + data.length + "]", problem, data);
    }

    private static Arguments offsets(String offsets, String problem, int... data) {
        return tensor("\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":" + offsets, problem, data);
    }

    static Stream<Arguments> lengths() {
        byte[] empty = "{}".getBytes(StandardCharsets.UTF_8);
        return Stream.of(
                Arguments.of("has 0 bytes", new byte[0]),
                Arguments.of("has 7 bytes", new byte[7]),
                Arguments.of("its header does not begin with '{'", SafetensorsBytes.of("")),
                Arguments.of("its header does not begin with '{'", SafetensorsBytes.of(" {}")),
                Arguments.of("would have 3 bytes, and only 2 follow", SafetensorsBytes.of(3, empty)),
                Arguments.of("would have 100000001 bytes", SafetensorsBytes.of(100_000_001, empty)),
                Arguments.of("would have 100000000 bytes, and only 2", SafetensorsBytes.of(100_000_000, empty)),
                Arguments.of("would have 18446744073709551615 bytes", SafetensorsBytes.of(-1, empty)),
                Arguments.of("would have 9223372036854775808 bytes", SafetensorsBytes.of(Long.MIN_VALUE, empty)));
    }

    static Stream<Arguments> json() {
        byte[] latin = "{\"\u00e9\":1}".getBytes(StandardCharsets.ISO_8859_1);
        String bool = "{\"dtype\":\"BOOL\",\"shape\":[],\"data_offsets\":[0,1]}";
        return Stream.of(
                Arguments.of("not valid UTF-8", SafetensorsBytes.of(latin.length, latin)),
                header("{", "not the JSON it must be"),
                header("{]", "not the JSON it must be"),
                header("{} {}", "goes on after its JSON object"),
                header("{}x", "not the JSON it must be"),
                header("{\0}", "not the JSON it must be"),
                header("{\"x\":1}", "\"x\" must be an object"),
                header("{\"x\":" + bool + ",\"x\":" + bool + "}", "Duplicate field 'x'", 1),
                header("{\"x\":" + bool + ",\"\\u0078\":" + bool + "}", "Duplicate field 'x'", 1),
                header("{\"\\ud800\":" + bool + "}", "half a surrogate pair", 1),
                header("{\"__metadata__\":{\"a\":1}}", "\"a\" must be a string"),
                header("{\"__metadata__\":{\"a\":{}}}", "\"a\" must be a string"),
                header("{\"__metadata__\":[]}", "must be an object"),
                header("{\"__metadata__\":{\"a\":\"\\udc00\"}}", "half a surrogate pair"),
                header("{\"x\":" + "[".repeat(100_000), "must be an object"),
                header("{\"x\":" + "{\"dtype\":".repeat(100_000), "must be a string"));
    }

    static Stream<Arguments> entries() {
        return Stream.of(
                tensor("\"shape\":[],\"data_offsets\":[0,0]", "has no dtype"),
                tensor("\"dtype\":\"F32\",\"data_offsets\":[0,0]", "has no shape"),
                tensor("\"dtype\":\"F32\",\"shape\":[]", "has no data_offsets"),
                tensor("\"dtype\":\"F32\",\"dtype\":\"F32\"", "Duplicate field 'dtype'"),
                tensor("\"dtype\":\"F32\",\"color\":3", "unknown field \"color\""),
                tensor("\"dtype\":3", "dtype must be a string"),
                tensor("\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]", "has dtype U8", 1),
                tensor("\"dtype\":\"f32\"", "has dtype f32"),
                tensor(
                        "\"dtype\":\"BOOL\",\"shape\":[2],\"data_offsets\":[0,2]",
                        "a byte 255, neither 0 nor 1",
                        1,
                        255),
                shape("3", "shape must be an array", 0, 0, 0, 0),
                shape("[-1]", "shape has -1"),
                shape("[1.0]", "must be whole numbers"),
                shape("[1e0]", "must be whole numbers"),
                shape("[\"1\"]", "must be whole numbers"),
                shape("[null]", "must be whole numbers"),
                shape("[9223372036854775808]", "shape has 9223372036854775808"),
                shape("[" + "9".repeat(1000) + "]", "not the JSON it must be"),
                shape("[9223372036854775807]", "more than 2^63 - 1 bytes"),
                shape("[4294967296,4294967296]", "more than 2^63 - 1 bytes"),
                shape("[" + "1,".repeat(64) + "1]", "more than 64 numbers"),
                shape("[1000000]", "needs 4000000 bytes and has 0"),
                shape("[536870911]", "needs 2147483644 bytes and has 0"),
                shape("[2]", "needs 8 bytes and has 4", 0, 0, 0, 0),
                shape("[0,9223372036854775807,9]", "needs 0 bytes and has 4", 0, 0, 0, 0));
    }

    static Stream<Arguments> layouts() {
        String first = "{\"a\":{\"dtype\":\"BOOL\",\"shape\":[2],\"data_offsets\":[0,2]},";
        return Stream.of(
                offsets("[0]", "has not two numbers"),
                offsets("[0,4,4]", "more than 2 numbers", 0, 0, 0, 0),
                offsets("[-4,0]", "data_offsets has -4"),
                offsets("[4,0]", "begins at byte 4", 0, 0, 0, 0),
                offsets("[0,4]", "which has 3", 0, 0, 0),
                offsets("[0,9223372036854775807]", "which has 4", 0, 0, 0, 0),
                offsets("[0,4]", "end at byte 4 of the data, which has 5", 0, 0, 0, 0, 0),
                offsets("[1,5]", "begins at byte 1 and the header ends at 0", 0, 0, 0, 0, 0),
                header("{}", "end at byte 0 of the data, which has 1", 0),
                header(
                        first + "\"b\":{\"dtype\":\"BOOL\",\"shape\":[2],\"data_offsets\":[1,3]}}",
                        "no overlap",
                        0,
                        0,
                        0),
                header(first + "\"b\":{\"dtype\":\"BOOL\",\"shape\":[2],\"data_offsets\":[0,2]}}", "no overlap", 0, 0),
                header(
                        first + "\"b\":{\"dtype\":\"BOOL\",\"shape\":[1],\"data_offsets\":[3,4]}}",
                        "no hole",
                        0,
                        0,
                        0,
                        0),
                header(first + "\"b\":{\"dtype\":\"BOOL\",\"shape\":[0],\"data_offsets\":[1,1]}}", "no overlap", 0, 0),
                header(first + "\"b\":{\"dtype\":\"BOOL\",\"shape\":[0],\"data_offsets\":[9,9]}}", "no hole", 0, 0));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"lengths", "json", "entries", "layouts"})
    void refuses(String problem, byte[] content) throws IOException {
        Path file = SafetensorsBytes.write(folder, content);
        assertThatThrownBy(() -> Safetensors.read(file))
                .isInstanceOfSatisfying(
                        LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FILE_FORMAT))
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(problem)
                .hasMessageContaining("; nothing was loaded. ")
                .hasMessageEndingWith(".");
    }

    @Test
    void saysThatAFileIsMissingOrAFolder() {
        assertThatThrownBy(() -> Safetensors.read(folder.resolve("none")))
                .isInstanceOfSatisfying(
                        LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FILE_ACCESS))
                .hasMessageContaining("there is no such file");
        assertThatThrownBy(() -> Safetensors.read(folder))
                .isInstanceOfSatisfying(
                        LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FILE_ACCESS))
                .hasMessageContaining("this is a folder");
    }

    @Test
    void refusesTruncationAtEveryByte() throws IOException {
        byte[] whole =
                SafetensorsBytes.of("{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 0, 0, 0, 0);
        for (int length = 0; length < whole.length; length++) {
            Path file = Files.write(folder.resolve("cut"), java.util.Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> Safetensors.read(file)).isInstanceOf(LaminaException.class);
        }
    }
}
