package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.conformance.oracle.Oracle;
import org.lamina.conformance.oracle.OracleTensor;
import org.lamina.graph.Graph;
import org.lamina.graph.Unary;
import org.lamina.spi.BackendInfo;
import org.lamina.spi.Engine;
import org.lamina.spi.Executable;
import org.lamina.spi.NativeArray;
import org.lamina.spi.NativeDerivatives;

/** That the comparison finds what deviates, and what is listed and does not. */
@Rule("5.13")
class NativeConformanceTest {
    private static final String HEADER = "backend\tsubject\tcases\tdtypes\tkind\trule\treason\tlink\n";
    private static final NativeCase EXP = NativeCase.of(
            "5.1",
            "exp",
            "vector",
            (graph, inputs) -> List.of(graph.apply(Unary.EXP, inputs.get(0))),
            List.of(HostArray.of(Shape.of(2), 0.5, -1.0)));

    private static final NativeDerivatives RIGHT = changed(x -> x);
    private static final NativeDerivatives WRONG = changed(x -> HostArray.full(x.type(), 2));
    private static final NativeDerivatives REFUSING = (graph, inputs, cotangents, by) -> {
        throw new LaminaException(ErrorCode.BACKEND_FAILURE, "cannot");
    };

    private static NativeDerivatives changed(UnaryOperator<HostArray> change) {
        return (graph, inputs, cotangents, by) -> {
            List<HostArray> operands = new ArrayList<>(inputs);
            operands.addAll(cotangents);
            return Oracle.evaluate(EXP.gradient(), operands).stream()
                    .map(OracleTensor::toHostArray)
                    .map(change)
                    .toList();
        };
    }

    private static Optional<String> problem(NativeDerivatives derivatives, String... listed) {
        KnownDeviations known = KnownDeviations.parse(HEADER + String.join("\n", listed));
        return new NativeConformance(known).run(new Fake(derivatives), EXP).map(Failure::what);
    }

    private static String line(String cases, String dtypes, String kind) {
        return String.join("\t", "fake", "exp", cases, dtypes, kind, "5.1", "none", "none found");
    }

    @Test
    void whatIsNotListedMustAgree() {
        assertThat(problem(RIGHT)).isEmpty();
        assertThat(problem(WRONG)).get().asString().contains("wrong", "element [1] is 2.0", "does not list it");
        assertThat(problem(REFUSING)).get().asString().contains("refuses", "cannot", "does not list it");
    }

    @Test
    void whatIsListedMustDeviateAsListed() {
        assertThat(problem(WRONG, line("vector", "float64", "wrong"))).isEmpty();
        assertThat(problem(REFUSING, line("*", "float32 float64", "refuses"))).isEmpty();
        assertThat(problem(RIGHT, line("vector", "float64", "wrong")))
                .get()
                .asString()
                .contains("agrees", "says that it is wrong");
        assertThat(problem(REFUSING, line("vector", "float64", "wrong")))
                .get()
                .asString()
                .contains("refuses", "says that it is wrong");
    }

    @Test
    void othersAreNotCovered() {
        assertThat(problem(WRONG, line("vector", "float32", "wrong"))).isPresent();
        assertThat(problem(WRONG, line("matrix; scalar", "float64", "wrong"))).isPresent();
        assertThat(problem(WRONG, line("vector", "float64", "wrong").replace("fake", "tf")))
                .isPresent();
    }

    @Test
    void whatCrashesIsNotAsked() {
        NativeDerivatives crashing = (graph, inputs, cotangents, by) -> {
            throw new AssertionError("was asked");
        };
        assertThat(problem(crashing, line("vector", "float64", "crashes"))).isEmpty();
    }

    @Test
    void aListIsWellFormed() {
        String line = line("vector", "float64", "wrong");
        assertThatThrownBy(() -> problem(RIGHT, line, line)).hasMessageContaining("listed twice");
        assertThatThrownBy(() -> problem(RIGHT, "fake\texp")).hasMessageContaining("not 8 fields");
        assertThatThrownBy(() -> problem(RIGHT, line.replace("none found", ""))).hasMessageContaining("not 8 fields");
    }

    private record Fake(NativeDerivatives derivatives) implements Engine {
        @Override
        public BackendInfo info() {
            return new BackendInfo("fake", "none", "1", "cpu", EnumSet.allOf(DType.class));
        }

        @Override
        public Optional<NativeDerivatives> nativeDerivatives() {
            return Optional.of(derivatives);
        }

        @Override
        public NativeArray upload(HostArray array) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Executable compile(Graph graph) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }
}
