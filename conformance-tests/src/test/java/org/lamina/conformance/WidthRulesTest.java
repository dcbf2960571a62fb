package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.lamina.DType.BOOL;
import static org.lamina.DType.FLOAT32;
import static org.lamina.DType.FLOAT64;
import static org.lamina.DType.INT64;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.Backend;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.Width;
import org.lamina.io.Bundle;
import org.lamina.io.Safetensors;
import org.lamina.layers.Embedding;

/** Which width a model works in where none is named. */
class WidthRulesTest {
    @Test
    @Rule("2.9")
    void floatInputsDecideThenWeightsThenWhatIsWanted() {
        assertThat(Width.of(List.of(INT64, FLOAT32), List.of(FLOAT64), List.of(FLOAT64)))
                .isEqualTo(FLOAT32);
        assertThat(Width.of(List.of(INT64), List.of(FLOAT64), List.of(FLOAT32))).isEqualTo(FLOAT64);
        assertThat(Width.of(List.of(BOOL), List.of(), List.of(INT64, FLOAT64))).isEqualTo(FLOAT64);
        assertThat(Width.of(List.of(INT64), List.of(), List.of(INT64))).isEqualTo(FLOAT32);
        assertThat(Width.of(List.of(FLOAT64), List.of(FLOAT32, FLOAT64), List.of()))
                .isEqualTo(FLOAT64);
        assertThatThrownBy(() -> Width.of(List.of(INT64), List.of(FLOAT32, FLOAT64), List.of()))
                .isInstanceOfSatisfying(
                        LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DTYPE));
    }

    /** Decimals that float32 would round by up to 3e-8. */
    @ParameterizedTest
    @MethodSource("org.lamina.Backend#available")
    @Rule("2.9")
    void aBundleOfDoublesIsNotRounded(String name) {
        HostArray rows = HostArray.of(Shape.of(2, 2), 0.1, 0.2, 1.1, 123.456789012345);
        HostArray x = HostArray.of(Shape.of(1, 1), 1L);
        try (Backend backend = Backend.load(name);
                Model model = new Bundle(new Embedding(2, 2), Safetensors.of(Map.of("weight", rows)))
                        .model(backend, List.of(x.type()))) {
            assertThat(model.predict(x).toDoubles()).containsExactly(1.1, 123.456789012345);
        }
    }
}
