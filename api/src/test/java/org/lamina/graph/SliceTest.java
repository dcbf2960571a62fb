package org.lamina.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lamina.DType;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;

class SliceTest {
    private final GraphBuilder graph = new GraphBuilder();
    private final Node x = graph.input("x", new TensorType(DType.FLOAT32, Shape.of(7)));

    /** Among them products that overflow to an index of the axis. */
    @ParameterizedTest
    @CsvSource({
        "1, 3, -9223372036854775808",
        "1, 3, 9223372036854775807",
        "0, 4, 4611686018427387904",
        "0, 9223372036854775807, 1",
        "6, 8, -1",
        "0, 3, 4",
        "7, 1, 1",
        "-1, 1, 1",
        "0, 1, 0"
    })
    void indicesOutsideAreRefused(long start, long length, long step) {
        assertThatThrownBy(() -> graph.apply(new Slice(0, start, length, step), x))
                .isInstanceOf(LaminaException.class)
                .hasMessageContaining("do not lie inside axis 0");
    }

    @ParameterizedTest
    @CsvSource({"6, 7, -1", "0, 7, 1", "6, 3, -3", "0, 3, 3", "6, 1, 9223372036854775807", "0, 1, -9223372036854775808"
    })
    void theLastIndexIsInside(long start, long length, long step) {
        Node slice = graph.apply(new Slice(0, start, length, step), x);
        assertThat(slice.type().shape()).isEqualTo(Shape.of(length));
    }

    @Test
    void aStepWithoutASecondElementIsOne() {
        assertThat(new Slice(0, 3, 1, Long.MIN_VALUE)).isEqualTo(new Slice(0, 3, 1, 1));
        assertThat(new Slice(0, 0, 2, 3).step()).isEqualTo(3);
    }
}
