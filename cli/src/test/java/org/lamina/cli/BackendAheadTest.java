package org.lamina.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.Backend;
import org.lamina.LaminaException;

class BackendAheadTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "run net.json --backend reference",
                "run --backend=reference net.json",
                "run net.json --backend reference,other --seed 1"
            })
    void loadsTheFirstBackendOfARunOnce(String line) {
        try (BackendAhead ahead = BackendAhead.of(List.of(line.split(" ")))) {
            assertThat(ahead).isNotSameAs(BackendAhead.NONE);
            try (Backend first = ahead.load("reference");
                    Backend second = ahead.load("reference")) {
                assertThat(first.info().name()).isEqualTo("reference");
                assertThat(second).isNotSameAs(first);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "run",
                "run net.json --backend",
                "run net.json --backend ,reference",
                "run net.json --seed 1",
                "run --help --backend reference",
                "train net.json --backend reference",
                "--help"
            })
    void loadsNothingForOtherCommandLines(String line) {
        assertThat(BackendAhead.of(List.of(line.split(" ")))).isSameAs(BackendAhead.NONE);
    }

    @Test
    void saysWhatIsWrongOnlyWhenAsked() {
        try (BackendAhead ahead = BackendAhead.of(List.of("run", "net.json", "--backend", "none-such"))) {
            assertThatThrownBy(() -> ahead.load("none-such"))
                    .isInstanceOf(LaminaException.class)
                    .hasMessageContaining("backend \"none-such\" is not on the class path");
        }
        BackendAhead.of(List.of("run", "net.json", "--backend", "none-such")).close();
    }

    @Test
    void loadsAnotherBackendThanTheOneAhead() {
        try (BackendAhead ahead = BackendAhead.of(List.of("run", "net.json", "--backend", "none-such"));
                Backend backend = ahead.load("reference")) {
            assertThat(backend.info().name()).isEqualTo("reference");
        }
    }
}
