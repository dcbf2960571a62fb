package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.lamina.architecture.SourceTree;
import org.lamina.conformance.cases.PrimitiveCases;

/** SPEC.md, the tests and the primitives match, in every direction. */
class SpecificationTest {
    private static final String TESTS = "conformance-tests/src/test/java";
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
    void everyRuleSaysHowStrictItIs() {
        assertThat(specification.rules().values())
                .allSatisfy(rule -> assertThat(rule.text()).containsPattern("\\b(MUST|SHOULD|MAY)\\b"));
    }

    /** A rule that is named above something that never runs is not tested. */
    @Test
    void rulesAreNamedAboveTestsAlone() {
        for (String source : SourceTree.ofThisProject().texts(TESTS)) {
            Matcher annotation = ANNOTATION.matcher(source);
            while (annotation.find()) {
                int from = source.substring(0, annotation.start()).lastIndexOf("\n\n");
                String declaration = source.substring(from, source.indexOf('{', annotation.end()));
                assertThat(declaration)
                        .containsPattern(
                                "@(Test|TestFactory|ParameterizedTest|RepeatedTest|Property)\\b|\\bclass \\w+Test\\b");
            }
        }
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
        for (String source : SourceTree.ofThisProject().texts(TESTS)) {
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
}
