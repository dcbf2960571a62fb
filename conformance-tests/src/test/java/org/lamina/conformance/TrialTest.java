package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.conformance.oracle.OracleProvider;
import org.lamina.graph.Binary;
import org.lamina.graph.Unary;
import org.lamina.spi.BackendInfo;
import org.lamina.spi.Engine;

/** What properties run finds an engine that is wrong, and says so in full. */
class TrialTest {
    private static final HostArray X = HostArray.of(Shape.of(2), 0.5, -1.5);

    private static Trial trial(Engine engine) {
        return new Trial(List.of(engine), "12.1");
    }

    /** The oracle under another name, as properties do not compare it with itself. */
    private static Engine renamed(Engine engine) {
        BackendInfo info = engine.info();
        return new MutantEngine(engine, x -> x, new BackendInfo("mine", "Mine", "1.2", "cpu", info.dtypes()));
    }

    @Test
    @Rule("12.5")
    void aWrongOpIsFound() {
        Engine right = renamed(new OracleProvider().open());
        Engine wrong = renamed(new SwappedOp(new OracleProvider().open(), Unary.TANH, Unary.SIN));
        assertThatCode(() -> trial(right).derived(List.of(X), List.of(Unary.TANH)))
                .doesNotThrowAnyException();
        assertThatCode(() -> trial(wrong).derived(List.of(X), List.of(Unary.EXP)))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> trial(wrong).derived(List.of(X), List.of(Unary.EXP, Unary.TANH)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("1 outputs are wrong")
                .hasMessageContaining(
                        "rule 3.14: TANH of [float64 (2,)], on mine (Mine 1.2), output 1: element [1] is -0.99")
                .hasMessageContaining("ULP");
    }

    @Test
    void exactIsToTheLastBit() {
        Engine wrong = renamed(new SwappedOp(new OracleProvider().open(), Binary.SUB, Binary.ADD));
        HostArray zero = HostArray.of(Shape.of(1), 0.0);
        HostArray negative = HostArray.of(Shape.of(1), -0.0);
        assertThatCode(() -> trial(wrong).derived(List.of(negative, zero), List.of(Binary.SUB)))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> trial(wrong).exact(List.of(negative, zero), List.of(Binary.SUB)))
                .hasMessageContaining("rule 3.19", "element [0] is 0.0, expected -0.0");
    }
}
