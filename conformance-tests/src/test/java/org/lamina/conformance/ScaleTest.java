package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.conformance.oracle.OracleTensor;

/** An error of what is 0 in theory is not given in units in the last place of a number like 1e-17. */
class ScaleTest {
    private static final double BOUND = 1e-6;

    private static Expected expected(double... truth) {
        double[] bounds = new double[truth.length];
        Arrays.fill(bounds, BOUND);
        return Expected.within(OracleTensor.of(HostArray.of(Shape.of(truth.length), truth)), bounds);
    }

    private static Measurement measured(Expected expected, double... got) {
        return Measurement.of(expected, HostArray.of(Shape.of(got.length), got));
    }

    @Test
    @Rule("12.5")
    void anArrayOfZerosHasNoUnitsInTheLastPlace() {
        Expected zeros = expected(1e-17, 0, -3e-18);
        Measurement wrong = measured(zeros, 1e-17, 2e-6, 0);
        assertThat(wrong.units()).isEqualTo(2);
        assertThat(wrong.ulps()).isZero();
        assertThat(wrong.mismatch().orElseThrow())
                .hasToString(
                        "element [1] is 2.0E-6, expected 0.0; error 2.00 times the bound, no ULPs, as the truth is 0 here");
        HostArray half = HostArray.of(Shape.of(3), 5e-7, 0, 0);
        LayerErrors errors = new LayerErrors().add("grad.x", zeros, half);
        assertThat(errors.units()).isBetween(0.49, 0.51);
        assertThat(errors.ulps()).isZero();
    }

    @Test
    @Rule("12.5")
    void aZeroAmongOthersHasTheUnitsOfTheGreatest() {
        Measurement wrong = measured(expected(1e-17, 4), 3e-6, 4);
        double ulps = 3e-6 / Math.ulp(4.0);
        assertThat(wrong.ulps()).isCloseTo(ulps, Percentage.withPercentage(0.001));
        assertThat(wrong.mismatch().orElseThrow().toString())
                .contains("error 3.00 times the bound, ")
                .endsWith(" ULP of the array's greatest element, as the truth is nearly 0 here");
    }

    @Test
    void anyOtherElementHasItsOwnUnits() {
        Measurement wrong = measured(expected(1, 4096), 1 + 3e-6, 4096);
        assertThat(wrong.mismatch().orElseThrow().ulps())
                .isEqualTo(String.format("%.3g ULP", (1 + 3e-6 - 1) / Math.ulp(1.0)));
    }

    @Test
    void whatHasNoBoundAtAllStaysWrong() {
        Expected exact = Expected.zero(new TensorType(DType.FLOAT64, Shape.of(1)), 0);
        Measurement wrong = measured(exact, 1e-300);
        assertThat(wrong.units()).isInfinite();
        assertThat(wrong.mismatch().orElseThrow().toString()).contains("beyond any bound, no ULPs");
        assertThat(new LayerErrors()
                        .add("y", exact, HostArray.of(Shape.of(1), Double.NaN))
                        .ulps())
                .isInfinite();
    }
}
