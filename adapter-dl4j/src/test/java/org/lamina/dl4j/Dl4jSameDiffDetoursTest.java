package org.lamina.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.broadcast.BroadcastTo;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What SameDiff's own derivatives do that the detours go round: a detour whose reason is gone can go too. That the detours are
 * right is shown by the conformance of native derivatives.
 */
class Dl4jSameDiffDetoursTest {
    private static final PrintStream OUT = System.out;

    /** SameDiff tells standard output of each op that it differentiates. */
    @BeforeAll
    static void hush() {
        System.setOut(new PrintStream(OutputStream.nullOutputStream(), true));
    }

    @AfterAll
    static void speak() {
        System.setOut(OUT);
    }

    /** The derivative of the sum of a function's elements by x. */
    private static double[] derivative(INDArray x, BiFunction<SameDiff, SDVariable, SDVariable> function) {
        SameDiff target = SameDiff.create();
        SDVariable given = target.var("x", x);
        function.apply(target, given).sum().markAsLoss();
        INDArray gradient =
                Objects.requireNonNull(target.calculateGradients(Map.of(), "x").get("x"));
        return gradient.dup('c').ravel().toDoubleVector();
    }

    private static INDArray vector(double... values) {
        return Nd4j.createFromArray(values);
    }

    @Test
    void quotientsByAScalarAddUpWrongly() {
        // The derivative of (1 + 2 + 3) / x is -6 / x^2.
        assertThat(derivative(Nd4j.scalar(2.0), (sd, x) -> sd.constant(vector(1, 2, 3))
                        .div(x)))
                .isNotEqualTo(new double[] {-1.5});
    }

    @Test
    void maximaOfOperandsThatBroadcastPassWhatIsNotChosen() {
        INDArray row = vector(-1, -2);
        INDArray matrix = Nd4j.createFromArray(new double[][] {{5, 6}, {7, 8}});

        assertThat(derivative(matrix, (sd, x) -> sd.math().max(sd.constant(row), x.mul(-1))))
                .isNotEqualTo(new double[] {0, 0, 0, 0});
    }

    @Test
    void productsAreNaNAtZero() {
        assertThat(derivative(vector(2, 0, 3), (sd, x) -> x.prod(0))).contains(Double.NaN);
    }

    @Test
    void runningSumsAreThoseAlongTheFirstAxisForwards() {
        INDArray matrix = Nd4j.createFromArray(new double[][] {{1, 2}, {3, 4}});
        INDArray weights = Nd4j.createFromArray(new double[][] {{1, 10}, {100, 1000}});

        assertThat(derivative(matrix, (sd, x) -> sd.cumsum(x, false, false, 1).mul(sd.constant(weights))))
                .isNotEqualTo(new double[] {11, 10, 1100, 1000});
        assertThat(derivative(matrix, (sd, x) -> sd.cumsum(x, false, true, 0).mul(sd.constant(weights))))
                .isNotEqualTo(new double[] {1, 10, 101, 1010});
    }

    @Test
    void aStridedSliceOfOneElementIsTakenFromAnother() {
        INDArray cube = Nd4j.createFromArray(new double[][][] {{{1, 2}, {3, 4}}});

        assertThat(derivative(
                        cube,
                        (sd, x) ->
                                sd.stridedSlice(x, new long[] {0, 1, 1}, new long[] {1, 2, 2}, new long[] {1, 1, 1})))
                .isNotEqualTo(new double[] {0, 0, 0, 1});
    }

    @Test
    void choosingAndBroadcastingHaveNone() {
        assertThatThrownBy(() -> derivative(vector(1, 2), (sd, x) -> sd.where(x, x.mul(2), x.gt(1))))
                .isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> derivative(
                        vector(1, 2),
                        (sd, x) -> new BroadcastTo(sd, x, sd.constant(Nd4j.createFromArray(2L, 2L))).outputVariable()))
                .isInstanceOf(RuntimeException.class);
    }

    @Test
    void lookingUpGivesWhatItWouldWhateverTheIndicesAre() {
        INDArray indices = Nd4j.createFromArray(1, 1);

        assertThat(derivative(vector(5, 6), (sd, x) -> sd.gather(x, sd.constant(indices), 0)))
                .isNotEqualTo(new double[] {0, 2});
    }
}
