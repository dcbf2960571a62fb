package org.lamina.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.lamina.DType;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.Graph;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.MatMul;
import org.lamina.graph.Node;
import org.lamina.graph.Transpose;
import org.lamina.graph.Unary;

/** An op writes over an operand only where nobody could see it. */
class LifetimesTest {
    private static final TensorType SQUARE = new TensorType(DType.FLOAT32, Shape.of(3, 3));

    private final GraphBuilder graph = new GraphBuilder();
    private final Node x = graph.input("x", SQUARE);
    private final Node fresh = graph.apply(Unary.EXP, x);

    private int overwritten(Node node, Node... outputs) {
        Lifetimes lifetimes =
                Lifetimes.of(Graph.of(List.of(x), outputs.length == 0 ? List.of(node) : List.of(outputs)));
        return lifetimes.overwritten(lifetimes.position(node));
    }

    private Node transposed(Node node) {
        return graph.apply(new Transpose(List.of(1, 0)), node);
    }

    @Test
    void aValueAtItsLastUseIsOverwritten() {
        assertThat(overwritten(graph.apply(Unary.TANH, fresh))).isZero();
        assertThat(overwritten(graph.sub(fresh, x))).isZero();
        assertThat(overwritten(graph.mul(fresh, fresh))).isZero();
    }

    @Test
    void sumsAndProductsMayWriteOverTheSecond() {
        assertThat(overwritten(graph.add(x, fresh))).isEqualTo(1);
        assertThat(overwritten(graph.mul(x, fresh))).isEqualTo(1);
        assertThat(overwritten(graph.sub(x, fresh))).isEqualTo(-1);
    }

    @Test
    void whatIsGivenOrNeededLaterIsNot() {
        assertThat(overwritten(fresh)).isEqualTo(-1);
        Node later = graph.apply(Unary.TANH, fresh);
        assertThat(overwritten(later, later, fresh)).isEqualTo(-1);
        assertThat(overwritten(later, later, graph.apply(new MatMul(), fresh, x)))
                .isEqualTo(-1);
    }

    @Test
    void viewsAreNot() {
        assertThat(overwritten(graph.apply(Unary.TANH, transposed(fresh)))).isEqualTo(-1);
        assertThat(overwritten(graph.add(fresh, transposed(fresh)))).isEqualTo(-1);
        assertThat(overwritten(graph.add(transposed(fresh), fresh))).isEqualTo(-1);
        assertThat(overwritten(graph.add(transposed(fresh), graph.apply(Unary.SIN, x))))
                .isEqualTo(1);
    }

    @Test
    void anotherTypeHasNoPlace() {
        Node row = graph.sum(fresh, List.of(0), true);
        assertThat(overwritten(graph.sub(row, x))).isEqualTo(-1);
        assertThat(overwritten(graph.apply(Unary.NEG, row))).isZero();
    }
}
