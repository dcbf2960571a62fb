package org.lamina.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;

/** What is simplified, and what must not be because a bit could differ. */
class SimplificationTest {
    private final GraphBuilder graph = new GraphBuilder();
    private final Node x = graph.input("x", new TensorType(DType.FLOAT32, Shape.of(2, 3)));

    @Test
    void computesACommonSubexpressionOnce() {
        assertThat(graph.apply(Unary.EXP, x)).isSameAs(graph.apply(Unary.EXP, x));
        assertThat(graph.scalar(2, x)).isSameAs(graph.scalar(2, x));
        assertThat(graph.scalar(0.0, x)).isNotSameAs(graph.scalar(-0.0, x));
    }

    @Test
    void leavesOutDeadNodes() {
        graph.apply(Unary.SIN, x);
        Node y = graph.neg(x);
        assertThat(Graph.of(List.of(x), List.of(y)).nodes()).containsExactly(x, y);
    }

    @Test
    void dropsWhatDoesNothing() {
        assertThat(graph.reshape(x, Shape.of(2, 3))).isSameAs(x);
        assertThat(graph.reshape(graph.reshape(x, Shape.of(6)), Shape.of(2, 3))).isSameAs(x);
        Transpose swap = new Transpose(List.of(1, 0));
        assertThat(graph.apply(swap, graph.apply(swap, x))).isSameAs(x);
        assertThat(graph.neg(graph.neg(x))).isSameAs(x);
        assertThat(graph.apply(new Cast(DType.FLOAT32), x)).isSameAs(x);
        assertThat(graph.apply(new Pad(0, 0, 0, 5), x)).isSameAs(x);
        assertThat(graph.mul(x, graph.scalar(1, x))).isSameAs(x);
        assertThat(graph.mul(graph.scalar(1, x), x)).isSameAs(x);
        assertThat(graph.sub(x, graph.scalar(0, x))).isSameAs(x);
        assertThat(graph.add(x, graph.broadcast(graph.scalar(3, x), Shape.of(2, 3))))
                .isSameAs(graph.add(x, graph.scalar(3, x)));
    }

    @Test
    void foldsScalarArithmetic() {
        Node sum = graph.add(graph.scalar(0.1, x), graph.scalar(0.2, x));
        assertThat(sum.op()).isEqualTo(new Constant(HostArray.of(Shape.scalar(), 0.1f + 0.2f)));
        assertThat(graph.apply(new Count(List.of(0, 1), DType.FLOAT32), x)).isSameAs(graph.scalar(6, x));
    }

    @Test
    void keepsWhatDiffersForZerosInfinitiesAndNaN() {
        assertThat(graph.add(x, graph.scalar(0, x))).as("-0 + 0 is +0").isNotSameAs(x);
        assertThat(graph.mul(x, graph.scalar(0, x)).op())
                .as("0 times infinity is NaN")
                .isEqualTo(Binary.MUL);
        assertThat(graph.sub(x, x).op()).as("infinity minus infinity is NaN").isEqualTo(Binary.SUB);
        assertThat(graph.div(x, x).op()).isEqualTo(Binary.DIV);
    }
}
