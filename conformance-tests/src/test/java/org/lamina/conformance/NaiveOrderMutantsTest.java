package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.DType;
import org.lamina.conformance.oracle.NaiveOrders;
import org.lamina.conformance.oracle.OracleProvider;
import org.lamina.conformance.oracle.WrongOp;
import org.lamina.conformance.oracle.WrongOpEngine;
import org.lamina.spi.Engine;

/** Each simple loop that adds up is found from 10^4 terms on, in both widths; and what finds it lets the accurate sums pass. */
class NaiveOrderMutantsTest {
    private static final int TERMS = 10_000;

    static List<WrongOp> orders() {
        return NaiveOrders.all();
    }

    /** What the laws of constants find on an engine in which one op is a simple loop. */
    static Stream<Failure> failures(WrongOp order, DType dtype) {
        Engine engine = new WrongOpEngine(new OracleProvider().open(), order);
        return ConstantLaws.of(TERMS).flatMap(law -> law.failures(List.of(engine), dtype).stream());
    }

    @ParameterizedTest
    @MethodSource("orders")
    @Rule("7.12")
    void aSimpleLoopIsFound(WrongOp order) {
        assertThat(failures(order, DType.FLOAT32)).isNotEmpty();
        assertThat(failures(order, DType.FLOAT64)).isNotEmpty();
    }

    /** A variance is made of means, so that a mean that is a simple loop is found by it too. */
    @ParameterizedTest
    @MethodSource("orders")
    @Rule("7.12")
    void aVarianceIsFoundByItsOwnLaw(WrongOp order) {
        boolean mean = order.kind().equals("mean");
        assertThat(failures(order, DType.FLOAT32)
                        .anyMatch(failure -> failure.subject().startsWith("variance")))
                .isEqualTo(mean);
    }

    /** On ten numbers it is as good as any. */
    @ParameterizedTest
    @MethodSource("orders")
    void theLoopIsRightOnPaper(WrongOp order) {
        Engine engine = new WrongOpEngine(new OracleProvider().open(), order);
        assertThat(ConstantLaws.of(10).flatMap(law -> law.failures(List.of(engine), DType.FLOAT32).stream()))
                .isEmpty();
    }
}
