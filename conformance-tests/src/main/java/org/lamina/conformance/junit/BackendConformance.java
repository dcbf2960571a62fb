package org.lamina.conformance.junit;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.lamina.Backend;
import org.lamina.conformance.ChapterLayers;
import org.lamina.conformance.Digits;
import org.lamina.conformance.EngineConformance;
import org.lamina.conformance.InputKind;
import org.lamina.conformance.LayerConformance;
import org.lamina.conformance.LibraryLayers;
import org.lamina.conformance.PrimitiveCase;
import org.lamina.conformance.PrimitiveConformance;
import org.lamina.conformance.cases.PrimitiveCases;
import org.lamina.spi.BackendProvider;
import org.lamina.spi.Engine;

/**
 * Checks an adapter against SPEC.md: every primitive and its derivative, what an engine must do besides computing, and the
 * layers that come with Lamina. For an adapter of one's own, with JUnit 5:
 *
 * <pre>{@code
 * class MyBackendConformanceTest extends BackendConformance {
 *     @Override
 *     protected BackendProvider provider() {
 *         return new MyProvider();
 *     }
 * }
 * }</pre>
 *
 * <p>Dtypes that the backend's info does not name are left out.
 */
public abstract class BackendConformance {
    private static final int MOST_SHOWN = 10;
    private static final int ROWS = 5;

    /** What brings the backend that is checked. */
    protected abstract BackendProvider provider();

    /** Every primitive and its derivative, one test for each op and dtype: sections 1 to 5 and 12. */
    @TestFactory
    public Stream<DynamicTest> primitives() {
        Engine engine = provider().open();
        PrimitiveConformance conformance = new PrimitiveConformance();
        Map<String, List<PrimitiveCase>> groups = PrimitiveCases.all().stream()
                .filter(primitive -> engine.info().dtypes().contains(primitive.dtype()))
                .collect(Collectors.groupingBy(
                        primitive -> primitive.op() + " " + primitive.dtype(),
                        LinkedHashMap::new,
                        Collectors.toList()));
        return groups.entrySet().stream()
                .map(group -> dynamicTest(
                        group.getKey(),
                        () -> fail(group.getValue().stream()
                                .flatMap(primitive -> conformance.run(engine, primitive).stream()))))
                .onClose(engine::close);
    }

    /** Arrays, batch sizes, who owns what, threads and memory. */
    @TestFactory
    public Stream<DynamicTest> engine() {
        Engine engine = provider().open();
        return EngineConformance.all().stream()
                .map(check -> dynamicTest(check.name(), () -> fail(check.run(engine).stream())))
                .onClose(engine::close);
    }

    /** The chapter's layers and those of the library, forward and backward, copied, saved and loaded: section 7. */
    @TestFactory
    public Stream<DynamicTest> layers() {
        Backend backend = Backend.of(provider().open());
        Digits digits = Digits.load().first(ROWS);
        Stream<LayerConformance> chapter = ChapterLayers.onDigits().stream()
                .map(layer -> layer.on(digits.pixels()).kinds(InputKind.GIVEN, InputKind.UNIFORM, InputKind.CONSTANT));
        return Stream.concat(chapter, LibraryLayers.all().stream())
                .map(layer -> dynamicTest(
                        layer.name(),
                        () -> fail(layer.results(List.of(backend)).stream().filter(result -> !result.passed()))))
                .onClose(backend::close);
    }

    private static void fail(Stream<?> failures) {
        List<String> texts = failures.map(Object::toString).toList();
        if (!texts.isEmpty()) {
            String more = texts.size() > MOST_SHOWN ? "\nand " + (texts.size() - MOST_SHOWN) + " more" : "";
            throw new AssertionError(texts.stream().limit(MOST_SHOWN).collect(Collectors.joining("\n")) + more);
        }
    }
}
