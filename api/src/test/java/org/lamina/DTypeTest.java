package org.lamina;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DTypeTest {
    @Test
    void hasNumPysNamesAndWidths() {
        assertThat(Arrays.stream(DType.values()).map(DType::toString))
                .containsExactly("float32", "float64", "int32", "int64", "bool");
        assertThat(Arrays.stream(DType.values()).map(DType::bytes)).containsExactly(4, 8, 4, 8, 1);
    }

    @Test
    void isFloatingOrIntegerOrBool() {
        assertThat(Arrays.stream(DType.values()).filter(DType::isFloating))
                .containsExactly(DType.FLOAT32, DType.FLOAT64);
        assertThat(Arrays.stream(DType.values()).filter(DType::isInteger)).containsExactly(DType.INT32, DType.INT64);
    }
}
