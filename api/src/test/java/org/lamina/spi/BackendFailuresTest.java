package org.lamina.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;

class BackendFailuresTest {
    @Test
    void aFrameworksOwnExceptionIsTold() {
        assertThat(BackendFailures.<Integer>reporting("x", () -> 3)).isEqualTo(3);
        assertThatThrownBy(() -> BackendFailures.reporting("x", () -> {
                    throw new IllegalStateException("no luck\nat 0x1");
                }))
                .isInstanceOfSatisfying(
                        LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BACKEND_FAILURE))
                .hasMessageContaining("backend x: the framework failed while it worked: no luck.")
                .hasCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatIsToldAlreadyGoesOnAsItIs() {
        LaminaException told = new LaminaException(ErrorCode.RANGE, "an index is 4. Give indices from 0 to 3.");
        assertThatThrownBy(() -> BackendFailures.reporting("x", () -> {
                    throw told;
                }))
                .isSameAs(told);
    }
}
