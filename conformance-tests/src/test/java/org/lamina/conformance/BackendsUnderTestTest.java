package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;

class BackendsUnderTestTest {
    /** A profile whose framework is missing would pass as green, since each test runs on what is there. */
    @Test
    void theProfilesBackendsAreThoseThatAreTested() {
        String asked = System.getProperty(BackendsUnderTest.PROPERTY, "").replace(",", "");
        assumeFalse(asked.isEmpty(), "the tests were not started by a profile");
        assertThat(BackendsUnderTest.names()).isNotEmpty();
    }

    @Test
    void anyBackendWillDoWhereNoneIsAskedFor() {
        assertThat(BackendsUnderTest.names(List.of("djl", "reference"), "")).containsExactly("djl");
        assertThat(BackendsUnderTest.names(List.of("reference", "tf", "djl"), ",djl,,tf"))
                .containsExactly("tf", "djl");
    }

    @Test
    void anotherThanAskedForIsRefused() {
        assertThatThrownBy(() -> BackendsUnderTest.names(List.of("djl", "reference"), "djl-mxnet"))
                .isInstanceOfSatisfying(
                        LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BACKEND_CHOICE))
                .hasMessageContaining("asks for djl-mxnet")
                .hasMessageContaining("the class path has djl, so");
        assertThatThrownBy(() -> BackendsUnderTest.names(List.of("djl", "tf"), "djl"))
                .hasMessageContaining("the class path has djl, tf");
        assertThatThrownBy(() -> BackendsUnderTest.names(List.of("reference"), "tf"))
                .hasMessageContaining("the class path has none");
        assertThatThrownBy(() -> BackendsUnderTest.names(List.of("reference"), ""))
                .hasMessageContaining("no backend is on the class path");
    }
}
