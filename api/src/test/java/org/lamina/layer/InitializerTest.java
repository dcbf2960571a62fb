package org.lamina.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;

/** What an initializer must not give. */
class InitializerTest {
    private static Declaration declaration(DType dtype, Initializer initializer) {
        return new Declaration("0.weight", new TensorType(dtype, Shape.of(3)), initializer, Role.TRAINED);
    }

    private static void assertRefused(ErrorCode code, Runnable action) {
        assertThatThrownBy(action::run).isInstanceOfSatisfying(LaminaException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }

    @Test
    void numbersThatFloat32DoesNotHoldAreRefusedThereOnly() {
        HostArray great = HostArray.of(Shape.of(3), 1e39, 1, 1);
        for (Initializer initializer : new Initializer[] {
            Initializer.constant(1e39),
            Initializer.uniform(1e39, 2e39),
            Initializer.normal(1e39, 1),
            Initializer.of(great)
        }) {
            assertRefused(ErrorCode.DTYPE, () -> declaration(DType.FLOAT32, initializer)
                    .draw(1));
            assertThat(declaration(DType.FLOAT64, initializer).draw(1).doubleAt(0))
                    .isGreaterThanOrEqualTo(1e39 - 10);
        }
        Initializer infinite = Initializer.constant(Double.POSITIVE_INFINITY);
        assertThat(declaration(DType.FLOAT32, infinite).draw(1).doubleAt(0)).isInfinite();
    }

    @Test
    void distributionsWithoutValuesAreRefused() {
        assertRefused(ErrorCode.RANGE, () -> Initializer.uniform(1, -1));
        assertRefused(ErrorCode.RANGE, () -> Initializer.uniform(Double.NaN, 1));
        assertRefused(ErrorCode.RANGE, () -> Initializer.uniform(-1.7e308, 1.7e308));
        assertRefused(ErrorCode.RANGE, () -> Initializer.normal(0, -1));
        assertRefused(ErrorCode.RANGE, () -> Initializer.normal(0, Double.POSITIVE_INFINITY));
    }

    @Test
    @SuppressWarnings("NullAway") // an author's mistake
    void nullIsRefusedByName() {
        assertThatThrownBy(() ->
                        declaration(DType.FLOAT32, (type, generator) -> null).draw(1))
                .isInstanceOf(LaminaException.class)
                .hasMessageContaining("it returned null for parameter 0.weight");
    }
}
