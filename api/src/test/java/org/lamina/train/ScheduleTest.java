package org.lamina.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.lamina.LaminaException;

class ScheduleTest {
    private static double[] factors(Schedule schedule, long... steps) {
        return LongStream.of(steps).mapToDouble(schedule::factor).toArray();
    }

    @Test
    void fallsAsItIsNamed() {
        assertThat(factors(Schedule.constant(), 1, 1000)).containsExactly(1, 1);
        assertThat(factors(Schedule.steps(3, 0.5), 1, 3, 4, 6, 7)).containsExactly(1, 1, 0.5, 0.5, 0.25);
        assertThat(factors(Schedule.exponential(0.5), 1, 2, 4)).containsExactly(1, 0.5, 0.125);
        assertThat(factors(Schedule.cosine(4), 1, 2, 3, 4, 5, 6))
                .containsExactly(
                        new double[] {1, (1 + Math.sqrt(0.5)) / 2, 0.5, (1 - Math.sqrt(0.5)) / 2, 0, 0}, within(1e-15));
    }

    @Test
    void risesBefore() {
        assertThat(factors(Schedule.exponential(0.5).afterWarmUp(4), 1, 2, 4, 5, 6))
                .containsExactly(0.25, 0.5, 1, 1, 0.5);
    }

    @Test
    void refusesEmptyPeriods() {
        assertThatThrownBy(() -> Schedule.steps(0, 0.5)).isInstanceOf(LaminaException.class);
        assertThatThrownBy(() -> Schedule.steps(1, -0.5)).isInstanceOf(LaminaException.class);
        assertThatThrownBy(() -> Schedule.cosine(0)).isInstanceOf(LaminaException.class);
        assertThatThrownBy(() -> Schedule.constant().afterWarmUp(0)).isInstanceOf(LaminaException.class);
    }
}
