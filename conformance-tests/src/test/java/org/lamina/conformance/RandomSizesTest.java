package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.lamina.Backend;

/**
 * Random layers of 10^2 to 10^6 terms on random kinds of inputs: outputs and gradients, both widths, every backend, and no false
 * alarm. For a long search give {@code -Dlamina.random.sizes=2000
 * -Dlamina.test.jvm=-Xmx8g}, and another {@code -Dlamina.random.sizes.seed}; the worst share
 * of the tolerance on each backend is written to target/random-sizes.txt.
 */
@Tag("shared")
class RandomSizesTest {
    private static final int COUNT = Integer.getInteger("lamina.random.sizes", 12);
    private static final long SEED = Long.getLong("lamina.random.sizes.seed", 1);
    private static final List<Backend> BACKENDS = new ArrayList<>();

    @BeforeAll
    static void load() {
        BACKENDS.addAll(FrameworkBackends.load());
    }

    @AfterAll
    static void close() {
        BACKENDS.forEach(Backend::close);
    }

    @Test
    @Rule({"7.1", "7.2", "7.9"})
    void noFalseAlarm() throws IOException {
        Map<String, LayerResult> worst = new TreeMap<>();
        List<LayerResult> wrong = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            for (LayerResult result : RandomSizes.draw(SEED * 1_000_003 + i).numbers(BACKENDS)) {
                worst.merge(result.backend(), result, (a, b) -> a.units() < b.units() ? b : a);
                if (!result.passed()) {
                    wrong.add(result);
                }
            }
        }
        Files.write(
                Path.of("target", "random-sizes.txt"),
                worst.values().stream().map(RandomSizesTest::line).toList());
        assertThat(worst.keySet())
                .containsExactlyElementsOf(BACKENDS.stream()
                        .map(backend -> backend.info().name())
                        .sorted()
                        .toList());
        assertThat(wrong).isEmpty();
    }

    private static String line(LayerResult worst) {
        return String.format(
                "%s: at most %.3f of the tolerance; %s, %s, %s, %s",
                worst.backend(), worst.units(), worst.layer(), worst.dtype(), worst.check(), worst.kind());
    }
}
