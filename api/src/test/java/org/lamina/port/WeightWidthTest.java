package org.lamina.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;

class WeightWidthTest {
    private static final HostArray SINGLE = HostArray.of(Shape.of(1), 0.1f);
    private static final HostArray DOUBLE = HostArray.of(Shape.of(1), 0.1);
    private static final HostArray INDEX = HostArray.of(Shape.of(1), 1L);

    @Test
    void floatsDecide() {
        assertThat(WeightWidth.of(List.of(DOUBLE, INDEX))).isEqualTo(DType.FLOAT64);
        assertThat(WeightWidth.of(List.of(INDEX, SINGLE))).isEqualTo(DType.FLOAT32);
        assertThat(WeightWidth.of(List.of(INDEX))).isEqualTo(DType.FLOAT32);
        assertThat(WeightWidth.of(List.of())).isEqualTo(DType.FLOAT32);
    }

    @Test
    void noneIsRounded() {
        assertThatThrownBy(() -> WeightWidth.of(List.of(SINGLE, DOUBLE)))
                .isInstanceOfSatisfying(
                        LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DTYPE))
                .hasMessageContaining("so some would be rounded. Nothing was ported");
    }
}
