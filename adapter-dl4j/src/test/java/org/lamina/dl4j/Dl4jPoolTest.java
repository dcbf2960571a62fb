package org.lamina.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.nd4j.linalg.api.ndarray.INDArray;

class Dl4jPoolTest {
    private static final long KIBIBYTE = 1024;

    private static TensorType floats(long... shape) {
        return new TensorType(DType.FLOAT32, Shape.of(shape));
    }

    @Test
    void anArrayGivenBackIsTakenAgain() {
        try (Dl4jPool pool = new Dl4jPool(KIBIBYTE)) {
            INDArray array = pool.take(floats(2, 3));
            pool.give(floats(2, 3), array);

            assertThat(pool.bytes()).isEqualTo(24);
            assertThat(pool.take(floats(3, 2))).isNotSameAs(array);
            assertThat(pool.take(new TensorType(DType.INT32, Shape.of(2, 3)))).isNotSameAs(array);
            assertThat(pool.take(floats(2, 3))).isSameAs(array);
            assertThat(pool.take(floats(2, 3))).isNotSameAs(array);
            assertThat(pool.bytes()).isZero();
        }
    }

    @Test
    void anArrayTakenAgainHasTheValuesOfItsNewUse() {
        HostArray x = HostArray.of(Shape.of(3), 1, 2, 3);
        try (Dl4jPool pool = new Dl4jPool(KIBIBYTE)) {
            pool.give(x.type(), pool.take(x));

            try (INDArray array = pool.take(HostArray.of(Shape.of(3), 4, 5, 6))) {
                assertThat(Dl4jArray.host(array)).isEqualTo(HostArray.of(Shape.of(3), 4, 5, 6));
            }
        }
    }

    @Test
    void nothingElementlessIsKept() {
        try (Dl4jPool pool = new Dl4jPool(KIBIBYTE)) {
            pool.give(floats(0, 3), pool.take(floats(0, 3)));

            assertThat(pool.bytes()).isZero();
        }
    }

    @Test
    void theLongestUnusedIsFreedBeyondTheMost() {
        try (Dl4jPool pool = new Dl4jPool(KIBIBYTE)) {
            INDArray first = pool.take(floats(100));
            INDArray second = pool.take(floats(101));
            INDArray third = pool.take(floats(102));
            pool.give(floats(100), first);
            pool.give(floats(101), second);
            pool.give(floats(102), third);

            assertThat(pool.bytes()).isEqualTo(4 * (101 + 102));
            assertThat(first.wasClosed()).isTrue();
            assertThat(second.wasClosed()).isFalse();
            assertThat(third.wasClosed()).isFalse();
        }
    }

    @Test
    void manySmallArraysAreFreedToo() {
        try (Dl4jPool pool = new Dl4jPool(1 << 23)) {
            for (int size = 1; size <= 1025; size++) {
                pool.give(floats(2, size), pool.take(floats(2, size)));
            }

            // All of them but the first, which had 2 elements.
            assertThat(pool.bytes()).isEqualTo(4 * (1025 * 1026 - 2));
        }
    }

    @Test
    void anArrayLargerThanTheMostIsFreedAtOnce() {
        try (Dl4jPool pool = new Dl4jPool(KIBIBYTE)) {
            INDArray array = pool.take(floats(1000));
            pool.give(floats(1000), array);

            assertThat(array.wasClosed()).isTrue();
            assertThat(pool.bytes()).isZero();
        }
    }

    @Test
    void closingFreesWhatIsUnusedAndWhatComesBackLater() {
        Dl4jPool pool = new Dl4jPool(KIBIBYTE);
        INDArray unused = pool.take(floats(4));
        INDArray used = pool.take(floats(4));
        pool.give(floats(4), unused);

        pool.close();
        assertThat(unused.wasClosed()).isTrue();
        assertThat(used.wasClosed()).isFalse();
        pool.give(floats(4), used);
        assertThat(used.wasClosed()).isTrue();
    }
}
