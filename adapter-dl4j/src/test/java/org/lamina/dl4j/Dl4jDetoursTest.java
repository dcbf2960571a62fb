package org.lamina.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.ArgMax;
import org.lamina.graph.Binary;
import org.lamina.graph.Concat;
import org.lamina.graph.CumSum;
import org.lamina.graph.Gather;
import org.lamina.graph.Graph;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.MatMul;
import org.lamina.graph.Node;
import org.lamina.graph.Reduction;
import org.lamina.graph.Reduction.Reducer;
import org.lamina.graph.ScatterAdd;
import org.lamina.graph.Select;
import org.lamina.graph.Slice;
import org.lamina.graph.Transpose;
import org.lamina.graph.Unary;
import org.lamina.spi.Engine;
import org.lamina.spi.Executable;
import org.lamina.spi.NativeArray;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/** Each detour: that ND4J's own op is not what is meant, where that does not end the JVM, and that the detour is. */
class Dl4jDetoursTest {
    private static final Engine ENGINE = new Dl4jProvider().open();
    private static final float NAN = Float.NaN;
    private static final float INFINITY = Float.POSITIVE_INFINITY;

    @Test
    void signOfNd4jIsZeroForNan() {
        assertThat(Nd4j.math().sign(Nd4j.createFromArray(NAN)).getFloat(0)).isZero();
    }

    @Test
    void signOfNanIsNan() {
        assertThat(lamina(
                        List.of(HostArray.of(Shape.of(3), NAN, -2, INFINITY)),
                        (g, in) -> g.apply(Unary.SIGN, in.get(0))))
                .satisfies(equal(HostArray.of(Shape.of(3), NAN, -1, 1)));
    }

    @Test
    void functionsOfNd4jVanishNearZero() {
        INDArray x = Nd4j.createFromArray(1e-17);

        assertThat(Nd4j.math().expm1(x.dup()).getDouble(0)).isZero();
        assertThat(Nd4j.math().log1p(x.dup()).getDouble(0)).isZero();
        assertThat(Nd4j.math().tanh(x.dup()).getDouble(0)).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64"})
    void functionsAreAccurateNearZeroAndFarOut(DType dtype) {
        assertAccurate(Unary.EXPM1, dtype, StrictMath::expm1, -1e3, 80);
        assertAccurate(Unary.LOG1P, dtype, StrictMath::log1p, -1, 1e30);
        assertAccurate(Unary.TANH, dtype, StrictMath::tanh, -1e30, 1e30);
    }

    /** Within 4 ULP for magnitudes of all sizes between the bounds, and at the bounds. */
    private static void assertAccurate(Unary op, DType dtype, DoubleUnaryOperator truth, double low, double high) {
        double[] special = {Double.NaN, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, 0, -0.0, low, high};
        HostArray x = HostArray.generate(new TensorType(dtype, Shape.of(4000)), i -> {
            double magnitude = StrictMath.pow(10, -30 + 33.0 * i / 4000) * (i % 2 == 0 ? 1 : -1);
            return i < special.length ? special[i] : Math.max(low, Math.min(high, magnitude));
        });
        HostArray y = lamina(List.of(x), (g, in) -> g.apply(op, in.get(0)));
        for (int i = 0; i < x.size(); i++) {
            double expected = truth.applyAsDouble(x.doubleAt(i));
            double ulp = dtype == DType.FLOAT32 ? Math.ulp((float) expected) : Math.ulp(expected);
            assertThat(y.doubleAt(i))
                    .as("%s of %s", op, x.doubleAt(i))
                    .isEqualTo(expected, within(Double.isFinite(expected) ? 4 * ulp : 0));
        }
    }

    @Test
    void maximumOfNd4jLosesNanInTheFirstOperand() {
        INDArray nan = Nd4j.createFromArray(NAN);
        INDArray one = Nd4j.createFromArray(1f);

        assertThat(own("maximum", nan, one).getFloat(0)).isOne();
        assertThat(own("minimum", nan, one).getFloat(0)).isOne();
    }

    @Test
    void maximumAndMinimumKeepNanInEitherOperandOfAnyShape() {
        HostArray column = HostArray.of(Shape.of(3, 1), NAN, 1, -INFINITY);
        HostArray row = HostArray.of(Shape.of(3), NAN, 0, INFINITY);
        HostArray scalar = HostArray.of(Shape.scalar(), 0f);

        for (Binary op : List.of(Binary.MAX, Binary.MIN)) {
            DoubleUnaryOperator each = i -> op == Binary.MAX
                    ? Math.max(column.doubleAt((int) i / 3), row.doubleAt((int) i % 3))
                    : Math.min(column.doubleAt((int) i / 3), row.doubleAt((int) i % 3));
            HostArray pairs = HostArray.generate(new TensorType(DType.FLOAT32, Shape.of(3, 3)), each::applyAsDouble);
            assertThat(lamina(List.of(column, row), (g, in) -> g.apply(op, in.get(0), in.get(1))))
                    .satisfies(equal(pairs));
            assertThat(lamina(List.of(row, column), (g, in) -> g.apply(op, in.get(0), in.get(1))))
                    .satisfies(equal(pairs));
        }
        assertThat(lamina(List.of(column, scalar), (g, in) -> g.apply(Binary.MAX, in.get(0), in.get(1))))
                .satisfies(equal(HostArray.of(Shape.of(3, 1), NAN, 1, 0)));
        assertThat(lamina(List.of(scalar, column), (g, in) -> g.apply(Binary.MAX, in.get(0), in.get(1))))
                .satisfies(equal(HostArray.of(Shape.of(3, 1), NAN, 1, 0)));
    }

    @Test
    void greatestElementOfNd4jPassesOverNan() {
        INDArray x = Nd4j.createFromArray(NAN, 1);

        assertThat(x.maxNumber().floatValue()).isOne();
        assertThat(x.minNumber().floatValue()).isOne();
        assertThat(Nd4j.argMax(Nd4j.createFromArray(1, NAN, 3), 0).getLong(0)).isEqualTo(2);
    }

    @Test
    void greatestElementIsNanIfAnyIs() {
        HostArray x = HostArray.of(Shape.of(3, 3), 1, NAN, 3, -INFINITY, -INFINITY, -INFINITY, 3, 1, 3);

        assertThat(lamina(List.of(x), (g, in) -> g.apply(new Reduction(Reducer.MAX, List.of(1), false), in.get(0))))
                .satisfies(equal(HostArray.of(Shape.of(3), NAN, -INFINITY, 3)));
        assertThat(lamina(List.of(x), (g, in) -> g.apply(new Reduction(Reducer.MIN, List.of(0), true), in.get(0))))
                .satisfies(equal(HostArray.of(Shape.of(1, 3), -INFINITY, NAN, -INFINITY)));
        assertThat(lamina(List.of(x), (g, in) -> g.apply(new ArgMax(1), in.get(0))))
                .isEqualTo(HostArray.of(Shape.of(3), 1L, 0L, 0L));
    }

    @Test
    void selectOfNd4jRefusesOperandsThatBroadcast() {
        INDArray condition = Nd4j.createFromArray(true, false);

        assertThatThrownBy(
                        () -> own("select", condition, Nd4j.zeros(DataType.FLOAT, 2), Nd4j.zeros(DataType.FLOAT, 3, 2)))
                .isInstanceOf(RuntimeException.class);
    }

    @Test
    void selectTakesOperandsThatBroadcast() {
        HostArray condition = HostArray.of(Shape.of(2), true, false);
        HostArray x = HostArray.of(Shape.of(3, 1), (1L << 53) + 1, 2L, 3L);
        HostArray y = HostArray.of(Shape.scalar(), -1L);

        assertThat(lamina(List.of(condition, x, y), (g, in) -> g.apply(new Select(), in)))
                .isEqualTo(HostArray.of(Shape.of(3, 2), (1L << 53) + 1, -1, 2, -1, 3, -1));
    }

    @Test
    void productsAndRunningSumsOfNd4jRefuseIntegers() {
        INDArray x = Nd4j.createFromArray(2L, 3L);

        assertThatThrownBy(() -> own("reduce_prod", x)).isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> own("cumsum", x)).isInstanceOf(RuntimeException.class);
    }

    @Test
    void productsAndRunningSumsOfIntegersAreExact() {
        long large = (1L << 60) + 1;
        HostArray x = HostArray.of(Shape.of(1, 3), large, 7L, -3L);

        assertThat(lamina(List.of(x), (g, in) -> g.apply(new Reduction(Reducer.PROD, List.of(1), false), in.get(0))))
                .isEqualTo(HostArray.of(Shape.of(1), large * 7 * -3));
        assertThat(lamina(List.of(x), (g, in) -> g.apply(new Reduction(Reducer.PROD, List.of(0), false), in.get(0))))
                .isEqualTo(x.reshape(Shape.of(3)));
        assertThat(lamina(List.of(x), (g, in) -> g.apply(new CumSum(1, false, false), in.get(0))))
                .isEqualTo(HostArray.of(Shape.of(1, 3), (1L << 60) + 1, (1L << 60) + 8, (1L << 60) + 5));
        assertThat(lamina(List.of(x), (g, in) -> g.apply(new CumSum(1, true, true), in.get(0))))
                .isEqualTo(HostArray.of(Shape.of(1, 3), 4L, -3, 0));
    }

    @Test
    void additionOfNd4jLosesAnAxisBesideOneElementOfHigherRank() {
        assertThat(own("add", Nd4j.ones(DataType.FLOAT, 1, 1), Nd4j.ones(DataType.FLOAT, 5))
                        .shape())
                .containsExactly(5);
    }

    @Test
    void operandsOfOneElementKeepTheirAxes() {
        HostArray one = HostArray.of(Shape.of(1, 1), 1f);
        HostArray x = HostArray.of(Shape.of(2), 1f, 2);

        assertThat(lamina(List.of(one, x), (g, in) -> g.add(in.get(0), in.get(1))))
                .isEqualTo(HostArray.of(Shape.of(1, 2), 2f, 3));
        assertThat(lamina(List.of(x, one), (g, in) -> g.sub(in.get(0), in.get(1))))
                .isEqualTo(HostArray.of(Shape.of(1, 2), 0f, 1));
    }

    @Test
    void matmulOfNd4jRefusesBatchesThatBroadcast() {
        assertThatThrownBy(() -> own("matmul", Nd4j.ones(DataType.FLOAT, 4, 2, 3), Nd4j.ones(DataType.FLOAT, 3, 5)))
                .isInstanceOf(RuntimeException.class);
    }

    @Test
    void matmulTakesBatchesThatBroadcastAndTransposedOperands() {
        HostArray x = HostArray.of(Shape.of(2, 1, 3), 1f, 2, 3, 4, 5, 6);
        HostArray y = HostArray.of(Shape.of(2, 3), 1f, 0, 1, 0, 1, 0);

        assertThat(lamina(List.of(x, y), (g, in) -> g.apply(new MatMul(), in.get(0), turned(g, in.get(1)))))
                .isEqualTo(HostArray.of(Shape.of(2, 1, 2), 4f, 2, 10, 5));
        assertThat(lamina(List.of(y, x), (g, in) -> g.apply(new MatMul(), in.get(0), turned(g, in.get(1)))))
                .isEqualTo(HostArray.of(Shape.of(2, 2, 1), 4f, 2, 10, 5));
    }

    private static Node turned(GraphBuilder graph, Node x) {
        int rank = x.type().shape().rank();
        List<Integer> axes = new ArrayList<>();
        for (int axis = 0; axis < rank - 2; axis++) {
            axes.add(axis);
        }
        axes.addAll(List.of(rank - 1, rank - 2));
        return graph.apply(new Transpose(axes), x);
    }

    @Test
    void concatTakesEmptyTensors() {
        HostArray x = HostArray.of(Shape.of(2, 1), true, false);
        HostArray empty = HostArray.of(Shape.of(2, 0), new boolean[0]);

        assertThat(lamina(List.of(empty, x, empty, x), (g, in) -> g.apply(new Concat(1), in)))
                .isEqualTo(HostArray.of(Shape.of(2, 2), true, true, false, false));
        assertThat(lamina(List.of(empty, empty), (g, in) -> g.apply(new Concat(1), in)))
                .isEqualTo(empty);
    }

    @Test
    void sliceRunsBackwards() {
        HostArray x = HostArray.of(Shape.of(2, 3), 1, 2, 3, 4, 5, 6);

        assertThat(lamina(List.of(x), (g, in) -> g.apply(new Slice(1, 2, 3, -1), in.get(0))))
                .isEqualTo(HostArray.of(Shape.of(2, 3), 3, 2, 1, 6, 5, 4));
        assertThat(lamina(List.of(x), (g, in) -> g.apply(new Slice(1, 2, 2, -2), in.get(0))))
                .isEqualTo(HostArray.of(Shape.of(2, 2), 3, 1, 6, 4));
    }

    @Test
    void gatherOfNd4jTakesNegativeIndicesAndRefusesBool() {
        INDArray first = Nd4j.createFromArray(0);

        assertThat(own("gather", Nd4j.createFromArray(1f, 2f), Nd4j.createFromArray(-1))
                        .length())
                .isOne();
        assertThatThrownBy(() -> own("gather", Nd4j.createFromArray(true, false), first))
                .isInstanceOf(RuntimeException.class);
    }

    @Test
    void gatherTakesBoolAndIndicesInRangeOnly() {
        HostArray x = HostArray.of(Shape.of(2), true, false);

        assertThat(lamina(List.of(x, HostArray.of(Shape.of(3), 1L, 0L, 0L)), Dl4jDetoursTest::gather))
                .isEqualTo(HostArray.of(Shape.of(3), false, true, true));
        for (int index : new int[] {-1, 2, Integer.MIN_VALUE}) {
            assertThatThrownBy(() -> lamina(List.of(x, HostArray.of(Shape.scalar(), index)), Dl4jDetoursTest::gather))
                    .isInstanceOfSatisfying(
                            LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RANGE))
                    .hasMessageContaining("an index is " + index);
        }
    }

    private static Node gather(GraphBuilder graph, List<Node> inputs) {
        return graph.apply(new Gather(0), inputs);
    }

    @Test
    void scatterAddAddsAlongAnyAxisAndLosesNothing() {
        HostArray x = HostArray.of(Shape.of(2, 3), 1f, 2, 3, 4, 5, 6);
        HostArray indices = HostArray.of(Shape.of(3), 2, 0, 2);

        assertThat(lamina(List.of(x, indices), (g, in) -> g.apply(new ScatterAdd(1, 4), in)))
                .isEqualTo(HostArray.of(Shape.of(2, 4), 2f, 0, 4, 0, 5, 0, 10, 0));

        int count = 200_000;
        HostArray ones = HostArray.full(new TensorType(DType.INT64, Shape.of(count)), 1);
        HostArray thirds = HostArray.generate(ones.type(), i -> i % 3);
        assertThat(lamina(List.of(ones, thirds), (g, in) -> g.apply(new ScatterAdd(0, 3), in)))
                .isEqualTo(HostArray.of(Shape.of(3), 66_667L, 66_667L, 66_666L));
    }

    /** What a run frees is known by its making: ND4J would let a transposed input be closed. */
    @Test
    void transposedArraysOfNd4jSayTheyMayBeClosed() {
        assertThat(Nd4j.ones(DataType.FLOAT, 2, 3).permute(1, 0).closeable()).isTrue();
    }

    /** Equal, whatever the bits of NaN. */
    private static Consumer<HostArray> equal(HostArray expected) {
        return got -> {
            assertThat(got.type()).isEqualTo(expected.type());
            assertThat(got.toDoubles()).containsExactly(expected.toDoubles());
        };
    }

    private static INDArray own(String op, INDArray... operands) {
        return Nd4j.exec(DynamicCustomOp.builder(op).addInputs(operands).build())[0];
    }

    private static HostArray lamina(List<HostArray> inputs, BiFunction<GraphBuilder, List<Node>, Node> body) {
        GraphBuilder graph = new GraphBuilder();
        List<Node> nodes = new ArrayList<>();
        for (HostArray input : inputs) {
            nodes.add(graph.input("x" + nodes.size(), input.type()));
        }
        Graph whole = Graph.of(nodes, List.of(body.apply(graph, nodes)));
        List<NativeArray> arrays = inputs.stream().map(ENGINE::upload).toList();
        try (Executable executable = ENGINE.compile(whole);
                NativeArray output = executable.run(arrays).get(0)) {
            return output.download();
        } finally {
            arrays.forEach(NativeArray::close);
        }
    }
}
