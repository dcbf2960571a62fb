package org.lamina.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** JSON made to do harm, in every file that has some. */
class HostileTextTest {
    private static final Scratch SCRATCH = Scratch.create();
    private static final int DEEP = 100_000;

    /** Wherever a size is looked for. */
    private static final List<String> NO_SIZES = List.of(
            "1e999",
            "-1e999",
            "1e2147483648",
            "9223372036854775808",
            "-9223372036854775809",
            "-1",
            "-0",
            "1.5",
            "1e3",
            "NaN",
            "Infinity",
            "-Infinity",
            "0x10",
            "01",
            "+1",
            "null",
            "true",
            "\"2\"",
            "[2]",
            "{}",
            "1".repeat(10_000),
            "0." + "1".repeat(10_000));

    /** Wherever a finite number is looked for. */
    private static final List<String> NO_REALS = List.of(
            "1e999",
            "-1e999",
            "1e2147483648",
            "NaN",
            "Infinity",
            "-Infinity",
            "01",
            "+1",
            "null",
            "true",
            "\"2\"",
            "[2]",
            "{}",
            "1".repeat(10_000));

    /** A document with a hole where a size stands. */
    private static final Map<String, String> WITH_A_SIZE = Map.of(
            "layer-json",
            "{\"type\": \"Dense\", \"units\": %s}",
            "layer-trace",
            "\0{\"type\": \"Dense\", \"units\": %s}",
            "safetensors-header",
            "{\"x\":{\"dtype\":\"F32\",\"shape\":[%s],\"data_offsets\":[0,8]}}",
            "checkpoint",
            "{\"weight\":{\"dtype\":\"F32\",\"shape\":[%s],\"data_offsets\":[0,8]}}");

    /** A document that takes something nested. */
    private static final Map<String, String> WITH_A_VALUE = Map.of(
            "layer-json", "%s",
            "layer-trace", "\0%s",
            "safetensors-header", "{\"x\":%s}",
            "checkpoint", "{\"__metadata__\":%s}",
            "torch", "{\"0.weight\":%s}",
            "flax", "{\"0.weight\":%s}",
            "bundle-folder", "%s\n====\n{}",
            "dl4j", "{\"confs\":[%s]}\n====\n");

    @AfterAll
    static void deleteScratch() {
        SCRATCH.delete();
    }

    private static void requireRefused(String target, String text) {
        byte[] input = text.getBytes(StandardCharsets.UTF_8);
        assertThat(Targets.named(target).accepts(input, SCRATCH))
                .as("%s reads %.80s", target, text)
                .isFalse();
    }

    private static Stream<Arguments> present(Map<String, String> documents) {
        List<String> names = Targets.all().stream().map(Target::name).toList();
        return documents.entrySet().stream()
                .filter(entry -> names.contains(entry.getKey()))
                .map(entry -> Arguments.of(entry.getKey(), entry.getValue()));
    }

    static Stream<Arguments> sizes() {
        return present(WITH_A_SIZE);
    }

    static Stream<Arguments> values() {
        return present(WITH_A_VALUE);
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void whatIsNoSizeIsRefused(String target, String document) {
        for (String size : NO_SIZES) {
            requireRefused(target, String.format(document, size));
        }
    }

    @ParameterizedTest
    @MethodSource("values")
    void whatNestsWithoutEndIsRefused(String target, String document) {
        requireRefused(target, String.format(document, "[".repeat(DEEP)));
        requireRefused(target, String.format(document, "[".repeat(DEEP) + "]".repeat(DEEP)));
        requireRefused(target, String.format(document, "{\"a\":".repeat(DEEP)));
        requireRefused(target, String.format(document, "{\"a\":".repeat(DEEP) + "1" + "}".repeat(DEEP)));
        requireRefused(target, String.format(document, "{\"layers\":[".repeat(DEEP)));
    }

    /** As JSON it is not too deep; as layers it is, one more than may call each other. */
    @ParameterizedTest
    @MethodSource("values")
    void layersNestAsDeepAsTheyMayCallEachOther(String target, String document) {
        String opening = "{\"type\":\"Sequential\",\"layers\":[";
        for (int depth : new int[] {257, 400, 511}) {
            requireRefused(target, String.format(document, opening.repeat(depth) + "]}".repeat(depth)));
        }
        if (target.equals("layer-json")) {
            String deepest = String.format(document, opening.repeat(256) + "]}".repeat(256));
            assertThat(Targets.named(target).accepts(deepest.getBytes(StandardCharsets.UTF_8), SCRATCH))
                    .isTrue();
        }
    }

    /** Numbers where a Deeplearning4j network has sizes and reals. */
    static Stream<String> numbersOfDeeplearning4j() {
        return Targets.all().stream().anyMatch(target -> target.name().equals("dl4j"))
                ? Stream.of("\"nout\" : ", "\"eps\" : ", "\"decay\" : ")
                : Stream.empty();
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("numbersOfDeeplearning4j")
    void numbersOutOfRangeAreRefusedInAConfiguration(String field) {
        String whole = new String(
                java.util.Objects.requireNonNull(
                        Corpus.read(Path.of("corpus", "dl4j")).get("valid-rows")),
                StandardCharsets.ISO_8859_1);
        assertThat(whole).contains(field);
        for (String number : field.contains("nout") ? NO_SIZES : NO_REALS) {
            String changed = whole.replaceAll(field + "[^,\\s]+", field + number);
            assertThat(Targets.named("dl4j").accepts(changed.getBytes(StandardCharsets.ISO_8859_1), SCRATCH))
                    .as("%s%.40s", field, number)
                    .isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void manyOfThemAreRefusedOrRead(String target, String document) {
        String many = String.format(document, "1" + ",1".repeat(DEEP));
        requireRefused(target, many);
        String twice = String.format(document, "1, \"units\": 1");
        requireRefused(target, twice);
    }
}
