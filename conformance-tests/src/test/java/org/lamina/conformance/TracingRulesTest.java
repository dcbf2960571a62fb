package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.ArgMax;
import org.lamina.graph.Binary;
import org.lamina.graph.Broadcast;
import org.lamina.graph.Comparison;
import org.lamina.graph.Concat;
import org.lamina.graph.CumSum;
import org.lamina.graph.Gather;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.Logical;
import org.lamina.graph.MatMul;
import org.lamina.graph.Node;
import org.lamina.graph.Op;
import org.lamina.graph.Pad;
import org.lamina.graph.Reduction;
import org.lamina.graph.Reduction.Reducer;
import org.lamina.graph.Reshape;
import org.lamina.graph.ScatterAdd;
import org.lamina.graph.Unary;

/** What is found when a layer is traced, before a backend sees it. */
class TracingRulesTest {
    private final GraphBuilder graph = new GraphBuilder();
    private int inputs;

    private Node input(DType dtype, long... sizes) {
        return graph.input("x" + inputs++, new TensorType(dtype, Shape.of(sizes)));
    }

    private Node input(long... sizes) {
        return input(DType.FLOAT32, sizes);
    }

    private Shape shape(Op op, Node... operands) {
        return graph.apply(op, operands).type().shape();
    }

    private DType dtype(Op op, Node... operands) {
        return graph.apply(op, operands).type().dtype();
    }

    private static void refused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(LaminaException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }

    @Test
    @Rule("1.1")
    void sizesAreZeroOrMore() {
        assertThat(Shape.of(0, 3).size()).isZero();
        assertThat(Shape.scalar().size()).isOne();
        refused(ErrorCode.SHAPE, () -> Shape.of(2, -3));
    }

    @Test
    @Rule("1.3")
    void shapesBroadcastFromTheLastAxis() {
        assertThat(shape(Binary.ADD, input(2, 1, 3), input(4, 1))).isEqualTo(Shape.of(2, 4, 3));
        assertThat(shape(Binary.ADD, input(1), input(0))).isEqualTo(Shape.of(0));
        assertThat(shape(Binary.ADD, input(), input(2))).isEqualTo(Shape.of(2));
        refused(ErrorCode.SHAPE, () -> shape(Binary.ADD, input(2, 3), input(2)));
        refused(ErrorCode.SHAPE, () -> shape(Binary.ADD, input(2), input(0)));
    }

    @Test
    @Rule("1.4")
    void otherOpsDoNotBroadcast() {
        refused(ErrorCode.SHAPE, () -> shape(new Concat(0), input(2, 1), input(2, 3)));
        refused(ErrorCode.SHAPE, () -> shape(new MatMul(), input(2, 3), input(1, 3)));
        refused(ErrorCode.SHAPE, () -> shape(new MatMul(), input(2, 3), input(3)));
        refused(ErrorCode.SHAPE, () -> shape(new Reshape(Shape.of(4)), input(2)));
        refused(ErrorCode.SHAPE, () -> shape(new Broadcast(Shape.of(1)), input(2)));
    }

    @Test
    @Rule("1.6")
    void axesExist() {
        refused(ErrorCode.AXIS, () -> shape(new ArgMax(2), input(2, 3)));
        refused(ErrorCode.AXIS, () -> shape(new CumSum(-1, false, false), input(2)));
        refused(ErrorCode.AXIS, () -> shape(new Reduction(Reducer.SUM, List.of(0), false), input()));
        assertThatThrownBy(() -> shape(new Gather(1), input(2), input(DType.INT32, 1)))
                .hasMessageContaining("gather")
                .hasMessageContaining("(2,)");
    }

    @Test
    @Rule("1.7")
    void resultsWithoutAMeaningAreRefused() {
        for (Reducer reducer : List.of(Reducer.MEAN, Reducer.MAX, Reducer.MIN)) {
            refused(ErrorCode.EMPTY, () -> shape(new Reduction(reducer, List.of(0), false), input(0, 3)));
            assertThat(shape(new Reduction(reducer, List.of(1), false), input(0, 3)))
                    .isEqualTo(Shape.of(0));
        }
        refused(ErrorCode.EMPTY, () -> shape(new ArgMax(1), input(3, 0)));
        refused(ErrorCode.EMPTY, () -> shape(new Gather(0), input(0, 3), input(DType.INT32, 1)));
        assertThat(shape(new Gather(0), input(0, 3), input(DType.INT32, 0))).isEqualTo(Shape.of(0, 3));
        refused(ErrorCode.EMPTY, () -> shape(new ScatterAdd(0, 0), input(1, 3), input(DType.INT32, 1)));
        assertThat(shape(new ScatterAdd(0, 0), input(0, 3), input(DType.INT32, 0)))
                .isEqualTo(Shape.of(0, 3));
    }

    @Test
    @Rule("1.11")
    void moreElementsThanFrameworksCountAreRefused() {
        refused(ErrorCode.SHAPE, () -> shape(new Broadcast(Shape.of(1L << 31)), input(1)));
        assertThat(shape(new Broadcast(Shape.of(Integer.MAX_VALUE)), input(1))).isEqualTo(Shape.of(Integer.MAX_VALUE));
        refused(ErrorCode.SHAPE, () -> input(1L << 16, 1L << 15));
        refused(ErrorCode.SHAPE, () -> input(0, 1L << 31));
        refused(ErrorCode.SHAPE, () -> shape(new Pad(0, Long.MAX_VALUE, 1, 0), input(1)));
        refused(ErrorCode.SHAPE, () -> shape(new Pad(0, Integer.MAX_VALUE, 0, 0), input(1)));
    }

    @Test
    @Rule("1.8")
    void errorsNameTheLayer() {
        graph.enter("layer 1 (MyLinear) of Sequential", List.of());
        assertThatThrownBy(() -> shape(new MatMul(), input(2, 3), input(4, 5)))
                .hasMessageContaining("matmul")
                .hasMessageContaining("(2, 3)")
                .hasMessageContaining("layer 1 (MyLinear) of Sequential");
    }

    @Test
    @Rule("1.9")
    void onlyWhatKeepsEveryBitIsSimplified() {
        Node x = input(2);
        Node zero = graph.scalar(0, DType.FLOAT32);
        Node one = graph.scalar(1, DType.FLOAT32);
        assertThat(graph.apply(Binary.SUB, x, zero)).isSameAs(x);
        assertThat(graph.apply(Binary.MUL, one, x)).isSameAs(x);
        assertThat(graph.apply(Binary.DIV, x, one)).isSameAs(x);
        for (Node kept : List.of(
                graph.apply(Binary.ADD, x, zero),
                graph.apply(Binary.MUL, x, zero),
                graph.apply(Binary.SUB, zero, x),
                graph.apply(Binary.SUB, x, graph.scalar(-0.0, DType.FLOAT32)),
                graph.apply(Binary.SUB, x, x),
                graph.apply(Binary.DIV, x, x))) {
            assertThat(kept.op()).isInstanceOf(Binary.class);
        }
    }

    @Test
    @Rule("2.1")
    void dtypesHaveTheirSizes() {
        assertThat(DType.values())
                .extracting(DType::toString)
                .containsExactly("float32", "float64", "int32", "int64", "bool");
        assertThat(DType.values()).extracting(DType::bytes).containsExactly(4, 8, 4, 8, 1);
    }

    @Test
    @Rule("2.2")
    void nothingIsPromoted() {
        for (Op op : List.of(Binary.ADD, Comparison.LESS, new MatMul(), new Concat(0))) {
            refused(ErrorCode.DTYPE, () -> shape(op, input(2, 2), input(DType.FLOAT64, 2, 2)));
        }
        assertThat(dtype(Binary.POW, input(DType.FLOAT64), input(DType.FLOAT64)))
                .isEqualTo(DType.FLOAT64);
        assertThat(dtype(new Reduction(Reducer.SUM, List.of(0), false), input(DType.INT32, 3)))
                .isEqualTo(DType.INT32);
        assertThat(dtype(Comparison.EQUAL, input(), input())).isEqualTo(DType.BOOL);
        assertThat(dtype(new ArgMax(0), input(3))).isEqualTo(DType.INT64);
    }

    @Test
    @Rule("2.3")
    void opsRefuseDtypesTheyDoNotTake() {
        refused(ErrorCode.DTYPE, () -> shape(Unary.SIN, input(DType.INT32)));
        refused(ErrorCode.DTYPE, () -> shape(Unary.NEG, input(DType.BOOL)));
        refused(ErrorCode.DTYPE, () -> shape(Unary.NOT, input(DType.INT32)));
        refused(ErrorCode.DTYPE, () -> shape(Binary.DIV, input(DType.INT64), input(DType.INT64)));
        refused(ErrorCode.DTYPE, () -> shape(Logical.AND, input(DType.INT32), input(DType.BOOL)));
        refused(ErrorCode.DTYPE, () -> shape(new MatMul(), input(DType.INT32, 2, 2), input(DType.INT32, 2, 2)));
        refused(ErrorCode.DTYPE, () -> shape(new Gather(0), input(2), input(2)));
    }
}
