package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.lamina.architecture.SourceTree;
import org.lamina.conformance.cases.PrimitiveCases;
import org.lamina.graph.Op;
import org.lamina.graph.Reduction;

/** SPEC.md, the tests and the primitives match, in every direction. */
class SpecificationTest {
    private static final Pattern ANNOTATION = Pattern.compile("@Rule\\(([^)]*)\\)");
    private static final Pattern NUMBER = Pattern.compile("\"([^\"]*)\"");

    private final Specification specification = Specification.load();

    @Test
    void everyRuleHasATest() {
        Set<String> rules = new TreeSet<>(specification.rules().keySet());
        rules.removeAll(testedRules());
        assertThat(rules)
                .as("rules of SPEC.md without a test: annotate one with @Rule")
                .isEmpty();
    }

    @Test
    void everyTestedRuleIsWritten() {
        Set<String> tested = testedRules();
        tested.removeAll(specification.rules().keySet());
        assertThat(tested).as("rules that tests name and SPEC.md does not have").isEmpty();
    }

    @Test
    void everyPrimitiveHasARuleAndCases() {
        Set<String> written = squashed(specification.rules().values().stream()
                .map(Specification.Rule::op)
                .filter(Objects::nonNull));
        Set<String> cases = squashed(PrimitiveCases.all().stream().map(PrimitiveCase::op));
        for (String op : primitives()) {
            assertThat(written)
                    .as("a new primitive needs a rule in section 3 of SPEC.md: **3.n** `%s` ...", op)
                    .contains(op);
            assertThat(cases)
                    .as("a new primitive needs cases in org.lamina.conformance.cases: %s", op)
                    .contains(op);
        }
        assertThat(written).as("rules of ops that are no primitive").isEqualTo(primitives());
        assertThat(cases).as("cases of ops that are no primitive").isEqualTo(primitives());
    }

    @Test
    void rulesWithoutAnIntentAreRefused() {
        assertThatThrownBy(() -> Specification.of("**9.1** MUST be.")).hasMessageContaining("without an intent");
        assertThatThrownBy(() -> Specification.of("**9.1** A.\n*Intent: b.*\n\n**9.1** C.\n*Intent: d.*"))
                .hasMessageContaining("9.1 stands twice");
    }

    /**
     * The numbers in annotations of tests, and those of the primitives that have cases, which one test runs. Read from the sources,
     * since a profile compiles the tests of its own framework alone.
     */
    private Set<String> testedRules() {
        Set<String> numbers = new TreeSet<>();
        for (String source : SourceTree.ofThisProject().texts("conformance-tests/src/test/java")) {
            Matcher annotation = ANNOTATION.matcher(source);
            while (annotation.find()) {
                NUMBER.matcher(annotation.group(1)).results().forEach(number -> numbers.add(number.group(1)));
            }
        }
        PrimitiveCases.all().stream()
                .map(PrimitiveCase::op)
                .distinct()
                .flatMap(op -> specification.ofOp(op).stream())
                .forEach(rule -> numbers.add(rule.number()));
        return numbers;
    }

    /** The names of all primitives without underscores: the constants of the enums, the classes for the rest. */
    private static Set<String> primitives() {
        Stream.Builder<String> names = Stream.builder();
        for (Class<?> type : Op.class.getPermittedSubclasses()) {
            if (type.isEnum()) {
                Arrays.stream(type.getEnumConstants()).forEach(op -> names.add(((Op) op).kind()));
            } else if (type != Reduction.class) {
                names.add(type.getSimpleName());
            }
        }
        for (Reduction.Reducer reducer : Reduction.Reducer.values()) {
            names.add(new Reduction(reducer, List.of(), false).kind());
        }
        return squashed(names.build());
    }

    private static Set<String> squashed(Stream<String> names) {
        return names.map(name -> name.replace("_", "").toLowerCase(Locale.ROOT))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
