package org.lamina.conformance;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.lamina.conformance.cases.PrimitiveCases;
import org.lamina.conformance.report.Section;
import org.lamina.spi.Engine;

/** Every primitive on every backend, one test for each op and dtype. */
class PrimitiveConformanceTest {
    private static final int SHOWN = 10;
    private static final Backends BACKENDS = new Backends();

    private final PrimitiveConformance conformance = new PrimitiveConformance();
    private final Map<String, List<PrimitiveCase>> groups = PrimitiveCases.all().stream()
            .collect(Collectors.groupingBy(
                    primitive -> primitive.op() + " " + primitive.dtype(), LinkedHashMap::new, Collectors.toList()));

    @AfterAll
    static void close() {
        BACKENDS.close();
    }

    @TestFactory
    @Rule({"1.1", "1.2", "1.3", "1.5", "1.7", "2.4", "2.5", "5.9", "12.1", "12.2", "12.3"})
    Stream<DynamicNode> primitives() {
        return BACKENDS.engines().stream()
                .map(engine -> dynamicContainer(
                        engine.info().name(),
                        groups.entrySet().stream()
                                .map(group -> dynamicTest(
                                        engine.info().name() + ": " + group.getKey(),
                                        () -> check(engine, group.getValue())))));
    }

    private void check(Engine engine, List<PrimitiveCase> cases) {
        List<Failure> failures = cases.stream()
                .map(primitive -> ThisRun.COLLECTOR.add(Section.PRIMITIVES, conformance.result(engine, primitive)))
                .flatMap(result -> result.failures().stream())
                .toList();
        if (!failures.isEmpty()) {
            fail(failures.size() + " outputs are wrong\n"
                    + failures.stream().limit(SHOWN).map(Failure::toString).collect(Collectors.joining("\n")));
        }
    }
}
