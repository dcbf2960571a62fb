package org.lamina.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.lamina.LaminaException;

/**
 * Every input that is kept is read or refused, and whole ones are read; so are they with a piece missing, which finds what a change
 * broke before a fuzzer does.
 */
class CorpusTest {
    private static final Path CORPUS = Path.of("corpus");
    private static final Duration LONGEST = Duration.ofSeconds(20);
    private static final int CUTS = 16;
    private static final Scratch SCRATCH = Scratch.create();

    @AfterAll
    static void deleteScratch() {
        SCRATCH.delete();
    }

    @TestFactory
    Stream<DynamicTest> inputs() {
        return Targets.all().stream()
                .map(target -> DynamicTest.dynamicTest(target.name(), () -> {
                    Map<String, byte[]> inputs = Corpus.read(CORPUS.resolve(target.name()));
                    assertThat(inputs.keySet()).as("inputs").anyMatch(name -> name.startsWith("valid"));
                    inputs.forEach((name, input) -> {
                        boolean accepted = accepts(target, input);
                        assertThat(accepted || !name.startsWith("valid"))
                                .as("%s is read", name)
                                .isTrue();
                    });
                }));
    }

    @TestFactory
    Stream<DynamicTest> inputsCutOff() {
        return Targets.all().stream()
                .map(target -> DynamicTest.dynamicTest(target.name(), () -> Corpus.read(CORPUS.resolve(target.name()))
                        .values()
                        .forEach(input -> cut(target, input))));
    }

    private static void cut(Target target, byte[] input) {
        for (int i = 0; i < CUTS; i++) {
            accepts(target, Arrays.copyOf(input, input.length * i / CUTS));
        }
    }

    private static boolean accepts(Target target, byte[] input) {
        return assertTimeoutPreemptively(LONGEST, () -> target.accepts(input, SCRATCH));
    }

    @Test
    void whatIsNoRefusalIsADefect() {
        assertThatThrownBy(() -> target((input, scratch) -> {
                            throw new IllegalStateException("a defect");
                        })
                        .accepts(new byte[0], SCRATCH))
                .hasMessage("a defect");
        assertThatThrownBy(() -> target((input, scratch) -> {
                            throw new LaminaException(org.lamina.ErrorCode.FILE_FORMAT, "no");
                        })
                        .accepts(new byte[0], SCRATCH))
                .hasMessageContaining("no next step");
        assertThatThrownBy(() -> target((input, scratch) -> {
                            byte[] much = new byte[100 << 20];
                            assertThat(much).isNotEmpty();
                        })
                        .accepts(new byte[0], SCRATCH))
                .hasMessageContaining("made it allocate");
        assertThat(target((input, scratch) -> {}).accepts(new byte[0], SCRATCH)).isTrue();
    }

    private static Target target(Reading reading) {
        return new Target("test", reading);
    }
}
