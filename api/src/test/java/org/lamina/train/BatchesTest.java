package org.lamina.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.lamina.ErrorCode;
import org.lamina.Generator;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;

class BatchesTest {
    private static final HostArray FIVE = HostArray.of(Shape.of(5), 0L, 1, 2, 3, 4);
    private static final HostArray ROWS = HostArray.of(Shape.of(5, 2), 0.0, 0, 1, 1, 2, 2, 3, 3, 4, 4);

    private static List<Long> samples(Batches batches, int steps) {
        List<Long> samples = new ArrayList<>();
        for (int step = 0; step < steps; step++) {
            for (long sample : batches.batch(step).get(0).toLongs()) {
                samples.add(sample);
            }
        }
        return samples;
    }

    @Test
    void wrapsAround() {
        Batches batches = Batches.inOrder(List.of(FIVE, ROWS), 3);
        assertThat(batches.batch(0)).containsExactly(FIVE.take(0, 1, 2), ROWS.take(0, 1, 2));
        assertThat(batches.batch(1)).containsExactly(FIVE.take(3, 4, 0), ROWS.take(3, 4, 0));
        assertThat(samples(Batches.inOrder(List.of(FIVE), 7), 1)).containsExactly(0L, 1L, 2L, 3L, 4L, 0L, 1L);
        assertThat(batches.batch(5_000_000_000L).get(0)).isEqualTo(FIVE.take(0, 1, 2));
    }

    @Test
    void shufflesEachPassByTheGenerator() {
        List<Long> expected = new ArrayList<>();
        for (int pass = 0; pass < 3; pass++) {
            for (int sample : Generator.of(9).split("shuffle").split(pass).permutation(5)) {
                expected.add((long) sample);
            }
        }
        Batches batches = Batches.shuffled(List.of(FIVE), 3, 9);
        assertThat(samples(batches, 5)).isEqualTo(expected);
        assertThat(batches.batch(0).get(0).toLongs())
                .as("again, after later ones")
                .containsExactly(expected.get(0), expected.get(1), expected.get(2));
    }

    @Test
    void splitsWithoutLosingASample() {
        Split split = Split.inOrder(List.of(FIVE, ROWS), 0.7);
        assertThat(split.training()).containsExactly(FIVE.take(0, 1, 2), ROWS.take(0, 1, 2));
        assertThat(split.test()).containsExactly(FIVE.take(3, 4), ROWS.take(3, 4));

        Split shuffled = Split.shuffled(List.of(FIVE, ROWS), 0.8, 4);
        int[] order = Generator.of(4).split("split").permutation(5);
        assertThat(shuffled.training().get(0)).isEqualTo(FIVE.take(order[0], order[1], order[2], order[3]));
        assertThat(shuffled.test().get(1)).isEqualTo(ROWS.take(order[4]));
        assertThat(Split.inOrder(List.of(FIVE), 1).test().get(0).size()).isZero();
    }

    @Test
    void refusesWhatMakesNoBatch() {
        assertRefused(() -> Batches.inOrder(List.of(FIVE), 0), ErrorCode.CONFIGURATION);
        assertRefused(() -> Batches.inOrder(List.of(FIVE, ROWS.take(0)), 1), ErrorCode.SHAPE);
        assertRefused(() -> Batches.inOrder(List.of(), 1), ErrorCode.SHAPE);
        assertRefused(() -> Batches.inOrder(List.of(HostArray.of(Shape.scalar(), 1.0)), 1), ErrorCode.SHAPE);
        assertRefused(() -> Batches.inOrder(List.of(FIVE.take()), 1), ErrorCode.EMPTY);
        assertRefused(() -> Split.inOrder(List.of(FIVE), 1.5), ErrorCode.CONFIGURATION);
    }

    private static void assertRefused(Runnable action, ErrorCode code) {
        assertThatThrownBy(action::run).isInstanceOfSatisfying(LaminaException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}
