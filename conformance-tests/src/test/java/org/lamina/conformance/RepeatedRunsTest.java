package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.conformance.cases.PrimitiveCases;
import org.lamina.spi.Engine;
import org.lamina.spi.Executable;
import org.lamina.spi.NativeArray;

/**
 * What a graph gives the first time it gives each time, whatever it was given in between and wherever its inputs lie: a backend may
 * remember how it ran, and not what it ran on.
 */
@Tag("shared")
class RepeatedRunsTest {
    private static final Backends BACKENDS = new Backends();

    @AfterAll
    static void close() {
        BACKENDS.close();
    }

    @TestFactory
    Stream<DynamicTest> primitives() {
        PrimitiveConformance conformance = new PrimitiveConformance();
        return BACKENDS.engines().stream()
                .map(engine -> dynamicTest(engine.info().name(), () -> assertThat(PrimitiveCases.all())
                        .allSatisfy(primitive -> assertThat(conformance.run(repeating(engine), primitive))
                                .isEmpty())));
    }

    private static Engine repeating(Engine engine) {
        return DisturbedEngine.running(engine, () -> (executable, inputs) -> repeated(engine, executable, inputs));
    }

    private static List<NativeArray> repeated(Engine engine, Executable executable, List<NativeArray> inputs) {
        List<HostArray> first = downloaded(executable.run(inputs));
        List<HostArray> values = inputs.stream().map(NativeArray::download).toList();
        runOnZeros(engine, executable, values);
        runOnZeros(engine, executable, values);
        List<NativeArray> copies = values.stream().map(engine::upload).toList();
        assertThat(downloaded(executable.run(copies))).isEqualTo(first);
        copies.forEach(NativeArray::close);
        return executable.run(inputs);
    }

    private static List<HostArray> downloaded(List<NativeArray> arrays) {
        List<HostArray> values = arrays.stream()
                .map(NativeArray::download)
                .map(RepeatedRunsTest::withOneNaN)
                .toList();
        arrays.forEach(NativeArray::close);
        return values;
    }

    /** Which of the many NaN comes out may depend on whether the JVM has compiled the code yet, in the reference at least. */
    private static HostArray withOneNaN(HostArray values) {
        return values.dtype().isFloating()
                ? HostArray.generate(
                        values.type(), i -> Double.isNaN(values.doubleAt(i)) ? Double.NaN : values.doubleAt(i))
                : values;
    }

    private static void runOnZeros(Engine engine, Executable executable, List<HostArray> like) {
        List<NativeArray> zeros = new ArrayList<>();
        like.forEach(value -> zeros.add(engine.upload(HostArray.full(value.type(), 0))));
        try {
            downloaded(executable.run(zeros));
        } catch (LaminaException refused) {
            assertThat(refused.getMessage()).contains(". ");
        } finally {
            zeros.forEach(NativeArray::close);
        }
    }
}
