package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.conformance.Mutant.Found;
import org.lamina.conformance.oracle.OracleProvider;
import org.lamina.conformance.oracle.WrongOpEngine;
import org.lamina.conformance.oracle.WrongOps;

/** The kit itself: what is wrong on purpose is found, by a rule of SPEC.md. */
class MutantsTest {
    static List<Mutant> mutants() {
        Stream<Mutant> ops = WrongOps.all().stream()
                .map(wrong -> Mutant.backend(
                        "`" + wrong.kind() + "`: " + wrong.name(),
                        () -> new WrongOpEngine(new OracleProvider().open(), wrong)));
        return Stream.of(ops, WrongEngines.all().stream(), WrongLayers.all().stream())
                .flatMap(mutants -> mutants)
                .toList();
    }

    @Test
    void theOracleItselfPasses() {
        assertThat(Mutant.ofEngine(new OracleProvider().open())).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("mutants")
    void aMutantIsFound(Mutant mutant) {
        assertThat(mutant.found().map(Found::rule))
                .isPresent()
                .get()
                .isIn(Specification.load().rules().keySet());
    }
}
