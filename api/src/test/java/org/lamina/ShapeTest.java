package org.lamina;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ShapeTest {
    private static final Shape OPEN = Shape.of(Shape.BATCH, 3);

    private static void assertRefused(ErrorCode code, Runnable action) {
        assertThatThrownBy(action::run).isInstanceOfSatisfying(LaminaException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }

    @Test
    void isPrintedAsTheBookPrintsIt() {
        assertThat(Shape.scalar()).hasToString("()");
        assertThat(Shape.of(5)).hasToString("(5,)");
        assertThat(Shape.of(2, 5)).hasToString("(2, 5)");
        assertThat(OPEN).hasToString("(N, 3)");
    }

    @Test
    void isAValue() {
        long[] sizes = {2, 3};
        Shape shape = Shape.of(sizes);
        sizes[0] = 9;
        shape.toArray()[1] = 9;
        assertThat(shape)
                .isEqualTo(Shape.of(2, 3))
                .hasSameHashCodeAs(Shape.of(2, 3))
                .isNotEqualTo(Shape.of(3, 2));
        assertThat(Shape.of()).isSameAs(Shape.scalar());
    }

    @Test
    void refusesNegativeSizes() {
        assertRefused(ErrorCode.SHAPE, () -> Shape.of(2, -2));
    }

    @Test
    void countsAxesFromBothEnds() {
        Shape shape = Shape.of(2, 3, 4);
        assertThat(shape.rank()).isEqualTo(3);
        assertThat(shape.dim(0)).isEqualTo(2);
        assertThat(shape.dim(-1)).isEqualTo(4);
        assertThat(shape.axis(-3)).isZero();
        assertRefused(ErrorCode.AXIS, () -> shape.dim(3));
        assertRefused(ErrorCode.AXIS, () -> shape.axis(-4));
        assertRefused(ErrorCode.AXIS, () -> Shape.scalar().dim(0));
    }

    @Test
    void countsElements() {
        assertThat(Shape.scalar().size()).isEqualTo(1);
        assertThat(Shape.of(2, 3).size()).isEqualTo(6);
        assertThat(Shape.of(1L << 40, 0, 1L << 40).size()).isZero();
        assertRefused(ErrorCode.SHAPE, () -> Shape.of(1L << 32, 1L << 31).size());
    }

    @Test
    void doesNotKnowAnOpenSizeUntilItIsBound() {
        assertThat(OPEN.isOpen()).isTrue();
        assertThat(OPEN.extent(0)).isEqualTo(Shape.BATCH);
        assertThat(OPEN.closedSize()).isEqualTo(3);
        assertThat(OPEN.dim(1)).isEqualTo(3);
        assertRefused(ErrorCode.BATCH_OPEN, () -> OPEN.dim(0));
        assertRefused(ErrorCode.BATCH_OPEN, OPEN::size);
        assertThat(OPEN.bind(7)).isEqualTo(Shape.of(7, 3));
        assertThat(Shape.of(2, 3).bind(7)).isEqualTo(Shape.of(2, 3));
    }

    @Test
    void isCutAndJoined() {
        Shape shape = Shape.of(2, 3, 4);
        assertThat(shape.slice(1, 3)).isEqualTo(Shape.of(3, 4));
        assertThat(shape.slice(1, 1)).isEqualTo(Shape.scalar());
        assertThat(shape.with(1, 9)).isEqualTo(Shape.of(2, 9, 4));
        assertThat(Shape.of(2).concat(Shape.of(3, 4))).isEqualTo(shape);
        assertThat(Shape.scalar().concat(shape)).isEqualTo(shape);
    }
}
