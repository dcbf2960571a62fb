package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.lamina.DType;
import org.lamina.spi.Engine;

/** Sums of up to 10^6 equal numbers on every backend: what no tolerance for numbers of random sign can see. */
@Tag("shared")
class ConstantLawsTest {
    private static final Backends BACKENDS = new Backends();

    @AfterAll
    static void close() {
        BACKENDS.close();
    }

    @TestFactory
    @Rule("7.12")
    Stream<DynamicTest> sumsOfEqualNumbersHaveSmallErrors() {
        return BACKENDS.engines().stream().flatMap(engine -> ConstantLaws.all().stream()
                .map(law -> dynamicTest(engine.info().name() + ": " + law.name(), () -> check(engine, law))));
    }

    private static void check(Engine engine, LawCase law) {
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
            assertThat(law.failures(List.of(engine), dtype)).isEmpty();
        }
    }
}
