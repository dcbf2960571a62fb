package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.lamina.Backend;

/**
 * Layers in the sizes that networks in use have: outputs and gradients on every backend, in both widths, and no false alarm. For
 * some of them alone give {@code -Dlamina.real.sizes=Lstm}, a pattern of their names; for one thread
 * {@code -Dlamina.test.threads=1}.
 */
@Tag("shared")
class RealSizesTest {
    private static final Pattern NAMES = Pattern.compile(System.getProperty("lamina.real.sizes", ""));
    private static final List<Backend> BACKENDS = new ArrayList<>();

    @BeforeAll
    static void load() {
        BACKENDS.addAll(FrameworkBackends.load());
    }

    @AfterAll
    static void close() {
        BACKENDS.forEach(Backend::close);
    }

    @TestFactory
    @Rule({"7.1", "7.2", "7.9"})
    Stream<DynamicTest> noFalseAlarm() {
        return RealSizes.all().stream()
                .filter(layer -> NAMES.matcher(layer.name()).find())
                .flatMap(layer -> InputKind.ALL.stream()
                        .map(kind -> dynamicTest(layer.name() + ", " + kind, () -> assertThat(
                                        layer.kinds(kind).numbers(BACKENDS))
                                .isNotEmpty()
                                .filteredOn(result -> !result.passed())
                                .isEmpty())));
    }
}
