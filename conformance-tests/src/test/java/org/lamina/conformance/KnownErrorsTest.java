package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.lamina.DType;

/** A backend that is known to be less accurate passes within a bound of its own, and no further. */
class KnownErrorsTest {
    private static final KnownErrors KNOWN = KnownErrors.parse("""
            backend\tsubject\tdtypes\tterms\treason\tlink
            # A comment.
            tf\tmatmul\tfloat32\t3000\tIt adds up as a loop.\tnone found
            """);

    @Test
    void theListOfThisVersionCanBeRead() {
        assertThat(KnownErrors.load().all()).doesNotContainNull();
    }

    @Test
    void anOpIsListedForABackendAndADtype() {
        assertThat(KNOWN.sequential("tf", DType.FLOAT32)).containsExactly(Map.entry("matmul", 3000L));
        assertThat(KNOWN.sequential("tf", DType.FLOAT64)).isEmpty();
        assertThat(KNOWN.sequential("djl", DType.FLOAT32)).isEmpty();
    }

    @Test
    @Rule("12.7")
    void longSumsOfSuchAnOpHaveTheBoundOfALoop() {
        SumErrors.Subject ofAll = convolution(Map.of());
        SumErrors.Subject ofOne = convolution(Map.of("convolution by weight", 4000L));
        SumErrors.Subject ofLonger = convolution(Map.of("convolution by weight", 5000L));

        assertThat(ofOne.expected().bound(0))
                .isGreaterThan(10 * ofAll.expected().bound(0));
        assertThat(ofLonger.expected().bound(0)).isEqualTo(ofAll.expected().bound(0));
    }

    private static SumErrors.Subject convolution(Map<String, Long> sequential) {
        SumKernel kernel = SumKernel.all().stream()
                .filter(one -> one.name().equals("convolution by weight"))
                .findFirst()
                .orElseThrow();
        return SumErrors.Subject.of(kernel, SumData.CONSTANT, DType.FLOAT32, 4096, sequential);
    }

    @Test
    void linesThatSayTooLittleAreRefused() {
        assertThatThrownBy(() -> KnownErrors.parse("x\ntf\tmatmul\tfloat32\t3000\t\tnone found"))
                .hasMessageContaining("not 6 fields");
        assertThatThrownBy(() -> KnownErrors.parse("x\ntf\tmatmul\tfloat32\t100\twhy\tnone found"))
                .hasMessageContaining("good kernels too add up 100 terms");
    }
}
