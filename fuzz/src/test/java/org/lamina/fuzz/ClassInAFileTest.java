package org.lamina.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that name a class: it is neither loaded nor made, whatever the format. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClassInAFileTest {
    private static final Scratch SCRATCH = Scratch.create();
    private static final AtomicInteger INITIALIZED = new AtomicInteger();

    /** By its name, as its class would be loaded by naming it here. */
    private static final String NAME = "org.lamina.fuzz.ClassInAFileTest$Dangerous";

    /** What a hostile file names. */
    static final class Dangerous {
        static {
            INITIALIZED.incrementAndGet();
        }

        private Dangerous() {}
    }

    /** A file of a format. */
    // Compared by nobody.
    @SuppressWarnings("ArrayRecordComponent")
    record Naming(String target, byte[] input) {
        static Naming of(String target, String text) {
            return new Naming(target, String.format(text, NAME).getBytes(StandardCharsets.ISO_8859_1));
        }

        @Override
        public String toString() {
            return target;
        }
    }

    @AfterAll
    static void deleteScratch() {
        SCRATCH.delete();
    }

    static Stream<Naming> refused() {
        List<String> present = Targets.all().stream().map(Target::name).toList();
        return Stream.of(
                        Naming.of("layer-json", "{\"type\": \"%s\"}"),
                        Naming.of(
                                "layer-json",
                                "{\"type\": \"Dense\", \"units\": 2, \"activation\": {\"type\": \"%s\"}}"),
                        Naming.of("layer-json", "{\"@class\": \"%s\", \"type\": \"Relu\"}"),
                        Naming.of("bundle-folder", "{\"type\": \"%s\"}\n====\n{}"),
                        Naming.of(
                                "safetensors-header", "{\"x\":{\"dtype\":\"%s\",\"shape\":[],\"data_offsets\":[0,4]}}"),
                        Naming.of("checkpoint", "{\"__metadata__\":{\"optimizer\":\"%s\"}}"),
                        Naming.of("settings", "%s:lr=1\n====\nmse"),
                        Naming.of("settings", "adam\n====\n%s"),
                        new Naming("npy", pickle()),
                        new Naming("npz", Archives.compressed(Map.of("x.npy", pickle()))),
                        Naming.of("dl4j", "{\"confs\": [{\"layer\": {\"@class\": \"%s\"}}]}\n====\n"),
                        new Naming("keras-archive", kerasConfiguration()))
                .filter(naming -> present.contains(naming.target()));
    }

    /** An array of Python objects, whose pickle names what would be called. */
    private static byte[] pickle() {
        String dictionary = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }";
        String header = "\u0093NUMPY\1\0" + (char) dictionary.length() + "\0" + dictionary;
        return (header + "\u0080\4cos\nsystem\n(S'true'\ntR." + NAME).getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Keras' own configuration of layers, beside weights that are none. */
    private static byte[] kerasConfiguration() {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        String configuration =
                "{\"module\": \"os\", \"class_name\": \"" + NAME + "\", \"registered_name\": \"system\"}";
        entries.put("config.json", configuration.getBytes(StandardCharsets.UTF_8));
        entries.put("model.weights.h5", new byte[64]);
        return Archives.compressed(entries);
    }

    @ParameterizedTest
    @MethodSource("refused")
    @Order(1)
    void isRefusedAndNothingIsLoaded(Naming naming) {
        assertThat(Targets.named(naming.target()).accepts(naming.input(), SCRATCH))
                .isFalse();
        assertThat(INITIALIZED).hasValue(0);
    }

    /** In every whole input, wherever a word stands that could be one. */
    @Test
    @Order(2)
    void wordsOfWholeFilesBecomeNoClasses() {
        for (Target target : Targets.all()) {
            Corpus.read(Path.of("corpus").resolve(target.name())).forEach((name, input) -> {
                String text = new String(input, StandardCharsets.ISO_8859_1);
                for (String word :
                        List.of("org.deeplearning4j.nn.conf.layers.DenseLayer", "\"Dense\"", "VariableV2", "DENSE")) {
                    String other = word.startsWith("\"") ? '"' + NAME + '"' : NAME;
                    target.accepts(text.replace(word, other).getBytes(StandardCharsets.ISO_8859_1), SCRATCH);
                }
            });
        }
        assertThat(INITIALIZED).hasValue(0);
    }

    /** The name is right and would do harm. */
    @Test
    @Order(3)
    void theClassWouldShow() throws ClassNotFoundException {
        assertThat(Class.forName(NAME)).isNotNull();
        assertThat(INITIALIZED).hasValue(1);
    }
}
