package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.DType;
import org.lamina.architecture.SourceTree;
import org.lamina.conformance.Mutant.Found;
import org.lamina.conformance.oracle.NaiveOrders;
import org.lamina.conformance.oracle.OracleProvider;
import org.lamina.conformance.oracle.WrongOpEngine;
import org.lamina.conformance.oracle.WrongOps;

/** The kit itself: what is wrong on purpose is found, and docs/mutants.md lists by which rule. */
@EnabledOnOs(OS.LINUX)
@Tag("shared")
class MutantsTest {
    private static final String PAGE = "docs/mutants.md";
    private static final Map<String, Optional<Found>> FOUND = new LinkedHashMap<>();

    static List<Mutant> mutants() {
        Stream<Mutant> ops = WrongOps.all().stream()
                .map(wrong -> Mutant.backend(
                        "`" + wrong.kind() + "`: " + wrong.name(),
                        () -> new WrongOpEngine(new OracleProvider().open(), wrong)));
        Stream<Mutant> orders = NaiveOrders.all().stream()
                .map(order -> new Mutant(
                        "order", "`" + order.kind() + "`: " + order.name(), () -> NaiveOrderMutantsTest.failures(
                                        order, DType.FLOAT32)
                                .map(Failure::toString)));
        return Stream.of(ops, orders, WrongEngines.all().stream(), WrongLayers.all().stream())
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
        assertThat(found(mutant).map(Found::rule))
                .isPresent()
                .get()
                .isIn(Specification.load().rules().keySet());
    }

    @Test
    void thePageListsThem() throws IOException {
        String made = page();
        Path written = Files.writeString(Path.of("target", "mutants.md"), made);
        Path page = SourceTree.ofThisProject().home().resolve(PAGE);
        assertThat(Files.exists(page) ? Files.readString(page) : "")
                .as(
                        "%s is not what the kit finds; this writes it anew:\ncp conformance-tests/%s %s",
                        PAGE, written, PAGE)
                .isEqualTo(made);
    }

    private static synchronized Optional<Found> found(Mutant mutant) {
        return FOUND.computeIfAbsent(mutant.toString(), key -> mutant.found());
    }

    private static String page() {
        List<Mutant> mutants = mutants();
        StringBuilder page = new StringBuilder("""
                # Mutants

                A kit that finds nothing may be one that looks at nothing. So it is run on %d backends and layers that are wrong on
                purpose, and each must be found. A test makes this page: what is wrong, the rule of [SPEC.md](../SPEC.md) that the
                first failure names, and what was run. What is wrong everywhere is found by the first case that there is. An order
                is one in which a loop adds up, looked for on 10,000 terms.

                | | what is wrong | rule | found in |
                |---|---|---|---|
                """.formatted(mutants.size()));
        for (Mutant mutant : mutants) {
            Found found = found(mutant).orElseThrow();
            page.append(
                    "| %s | %s | %s | %s |%n".formatted(mutant.kind(), mutant.name(), found.rule(), found.subject()));
        }
        return page.toString().replace(System.lineSeparator(), "\n");
    }
}
