package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.conformance.cases.PrimitiveCases;
import org.lamina.conformance.oracle.OracleProvider;
import org.lamina.spi.Engine;

/** The checker itself: engines that are wrong on purpose must fail. */
@Tag("shared")
class PrimitiveMutantsTest {
    private static final PrimitiveConformance CONFORMANCE = new PrimitiveConformance();
    private static final List<PrimitiveCase> CASES = PrimitiveCases.all();

    /** Ways to be wrong. */
    static Stream<Named<UnaryOperator<HostArray>>> mutants() {
        return Stream.of(
                mutant("swaps two values", x -> x.size() < 2 ? x : permuted(x)),
                mutant("hides NaN", x -> mapped(x, value -> Double.isNaN(value) ? 0 : value)),
                mutant(
                        "hides infinity",
                        x -> mapped(x, value -> Double.isInfinite(value) ? Math.copySign(1e30, value) : value)),
                mutant("loses the sign of zero", x -> mapped(x, value -> value + 0.0)),
                mutant("is off by 1e-6", x -> mapped(x, value -> value * (1 + 1e-6))),
                mutant(
                        "computes float64 in float32",
                        x -> x.dtype() == DType.FLOAT64 ? x.cast(DType.FLOAT32).cast(x.dtype()) : x),
                mutant(
                        "passes int64 through float64",
                        x -> x.dtype() == DType.INT64 ? x.cast(DType.FLOAT64).cast(x.dtype()) : x),
                mutant("gives another dtype", x -> x.dtype() == DType.INT32 ? x.cast(DType.INT64) : x),
                mutant("gives another shape", x -> x.reshape(Shape.of(1).concat(x.shape()))),
                mutant("gives zeros", x -> HostArray.full(x.type(), 0)));
    }

    private static Named<UnaryOperator<HostArray>> mutant(String name, UnaryOperator<HostArray> outputs) {
        return Named.of(name, outputs);
    }

    private static HostArray permuted(HostArray x) {
        return HostArray.generate(x.type(), i -> x.doubleAt(i < 2 ? 1 - i : i));
    }

    private static HostArray mapped(HostArray x, DoubleUnaryOperator function) {
        return x.dtype().isFloating() ? HostArray.generate(x.type(), i -> function.applyAsDouble(x.doubleAt(i))) : x;
    }

    @Test
    void theOracleItselfPasses() {
        assertThat(failures(x -> x)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("mutants")
    void aMutantFails(UnaryOperator<HostArray> mutant) {
        assertThat(failures(mutant)).isNotEmpty();
    }

    @Test
    void aFailureSaysWhereAndByHowMuch() {
        PrimitiveCase exp = CASES.stream()
                .filter(primitive -> primitive.toString().equals("exp float32, from -3 to 3"))
                .findFirst()
                .orElseThrow();
        Engine wrong = engine(x -> HostArray.generate(x.type(), i -> i == 250 ? 2.25 : x.doubleAt(i)));

        List<Failure> failures = CONFORMANCE.run(wrong, exp);

        assertThat(failures).hasSize(1);
        assertThat(failures.get(0).toString())
                .startsWith("rule 3.6: exp float32, from -3 to 3, on reference ")
                .contains("element [250] is 2.25, expected 1.00", "times the bound", "ULP");
    }

    private static List<Failure> failures(UnaryOperator<HostArray> outputs) {
        Engine engine = engine(outputs);
        return CASES.stream()
                .flatMap(primitive -> CONFORMANCE.run(engine, primitive).stream())
                .toList();
    }

    private static Engine engine(UnaryOperator<HostArray> outputs) {
        return new MutantEngine(new OracleProvider().open(), outputs);
    }
}
