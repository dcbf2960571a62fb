package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;

/** A backend that is known to be less accurate passes within a bound of its own, and no further. */
class KnownErrorsTest {
    private static final KnownErrors KNOWN = KnownErrors.parse("""
            backend\tsubject\tdtypes\tunits\treason\tlink
            # A comment.
            tf\tDense\tfloat32\t3\tIt adds up as a loop.\tnone found
            """);

    @Test
    void theListOfThisVersionCanBeRead() {
        assertThat(KnownErrors.load().all()).doesNotContainNull();
    }

    @Test
    void whatIsListedHasABoundOfItsOwn() {
        assertThat(KNOWN.limit("tf", "Dense", DType.FLOAT32)).isEqualTo(3);
        assertThat(List.of(
                        KNOWN.limit("tf", "Dense", DType.FLOAT64),
                        KNOWN.limit("tf", "Relu", DType.FLOAT32),
                        KNOWN.limit("djl", "Dense", DType.FLOAT32)))
                .containsOnly(1.0);
    }

    @Test
    void anErrorBeyondTheBoundOfItsOwnFails() {
        Expected expected = Expected.zero(HostArray.normal(Shape.of(2), 1).type(), 1);
        LayerErrors twice = new LayerErrors().add("y", expected, HostArray.of(Shape.of(2), 2f, 0f));
        assertThat(twice.isWithin(1)).isFalse();
        assertThat(twice.isWithin(3)).isTrue();
        assertThat(new LayerErrors()
                        .add("y", expected, HostArray.of(Shape.of(2), 4f, 0f))
                        .isWithin(3))
                .isFalse();
        assertThat(new LayerErrors()
                        .add("y", expected, HostArray.of(Shape.of(2), Float.NaN, 0f))
                        .isWithin(3))
                .isFalse();
        assertThat(new LayerErrors().add("failed").isWithin(3)).isFalse();
    }

    @Test
    void linesThatSayTooLittleAreRefused() {
        assertThatThrownBy(() -> KnownErrors.parse("x\ntf\tDense\tfloat32\t3\t\tnone found"))
                .hasMessageContaining("not 6 fields");
        assertThatThrownBy(() -> KnownErrors.parse("x\ntf\tDense\tfloat32\t1\twhy\tnone found"))
                .hasMessageContaining("is not above 1");
    }
}
