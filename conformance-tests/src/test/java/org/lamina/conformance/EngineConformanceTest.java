package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What an engine must do besides computing, on every backend. */
class EngineConformanceTest {
    private static final Backends BACKENDS = new Backends();

    @AfterAll
    static void close() {
        BACKENDS.close();
    }

    @TestFactory
    @Rule({"1.2", "1.5", "3.50", "10.9", "10.10", "10.15"})
    Stream<DynamicTest> engines() {
        return BACKENDS.engines().stream().flatMap(engine -> EngineConformance.all().stream()
                .map(check ->
                        dynamicTest(engine.info().name() + ": " + check.name(), () -> assertThat(check.run(engine))
                                .isEmpty())));
    }
}
