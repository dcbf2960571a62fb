package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.lamina.conformance.cases.DerivativeCase;
import org.lamina.conformance.cases.DerivativeCases;
import org.lamina.conformance.cases.NativeCases;
import org.lamina.spi.Engine;

/** What each framework's own differentiation gives, one test for each backend, subject and dtype. */
class NativeDerivativesTest {
    private static final PrintStream OUT = System.out;
    private static final Backends BACKENDS = new Backends();

    private final List<NativeCase> cases = NativeCases.all();
    private final KnownDeviations known = KnownDeviations.load();
    private final NativeConformance conformance = new NativeConformance(known);

    /** SameDiff tells standard output of each op that it differentiates. */
    @BeforeAll
    static void hush() {
        System.setOut(new PrintStream(OUT, true) {
            @Override
            public void println(String line) {
                if (!line.startsWith("Added differentiated op ")) {
                    super.println(line);
                }
            }
        });
    }

    @AfterAll
    static void close() {
        System.setOut(OUT);
        BACKENDS.close();
    }

    @TestFactory
    @Rule("5.13")
    Stream<DynamicNode> nativeDerivatives() {
        Map<String, List<NativeCase>> groups = cases.stream()
                .collect(Collectors.groupingBy(
                        given -> given.subject() + " " + given.dtype(), LinkedHashMap::new, Collectors.toList()));
        return differentiating()
                .map(engine -> dynamicContainer(
                        engine.info().name(),
                        groups.entrySet().stream()
                                .map(group -> dynamicTest(
                                        engine.info().name() + ": " + group.getKey(),
                                        () -> check(engine, group.getValue())))));
    }

    private static Stream<Engine> differentiating() {
        return BACKENDS.engines().stream()
                .filter(engine -> engine.nativeDerivatives().isPresent());
    }

    private void check(Engine engine, List<NativeCase> group) {
        assertThat(group.stream().flatMap(given -> conformance.run(engine, given).stream()))
                .isEmpty();
    }

    @Test
    void everyDifferentiablePrimitiveIsAmongTheCases() {
        Set<String> subjects = cases.stream().map(NativeCase::subject).collect(Collectors.toSet());
        assertThat(subjects)
                .containsAll(
                        DerivativeCases.all().stream().map(DerivativeCase::op).toList());
    }

    @Test
    void everyDeviationIsOfACaseAndARule() {
        for (KnownDeviation deviation : known.all()) {
            assertThat(Specification.load().rules()).as(deviation.toString()).containsKey(deviation.rule());
            Set<String> names = cases.stream()
                    .filter(given -> deviation.covers(deviation.backend(), given))
                    .map(NativeCase::name)
                    .collect(Collectors.toSet());
            assertThat(names).as("cases of " + deviation).isNotEmpty();
            if (!deviation.cases().contains("*")) {
                assertThat(names).as(deviation.toString()).isEqualTo(deviation.cases());
            }
        }
    }
}
