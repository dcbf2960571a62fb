package org.lamina.conformance;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lamina.architecture.SourceTree;
import org.lamina.conformance.cases.DerivativeCase;
import org.lamina.conformance.cases.DerivativeCases;
import org.lamina.conformance.cases.PrimitiveCases;

/**
 * What there is of each primitive besides its own file. Read from the sources, so that every adapter counts in every profile.
 *
 * @param rules ops with a rule in section 3 of SPEC.md
 * @param cases ops with cases
 * @param derivatives ops with cases of their derivative, or a reason to have none
 * @param lowerings the methods of each class that lowers, the oracle's among them, by file
 */
record PrimitiveParts(
        Set<String> rules, Set<String> cases, Set<String> derivatives, Map<String, Set<String>> lowerings) {
    private static final List<String> MODULES =
            List.of("adapter-dl4j", "adapter-djl", "adapter-tf", "conformance-tests");
    private static final Pattern LOWERING =
            Pattern.compile("(?:class|record) (\\w+)(?:\\([^)]*\\))? implements Lowering<");
    private static final Pattern METHOD = Pattern.compile("public [\\w<>?]+ (\\w+)\\(");
    /** What is given, or is another value, so that nothing computes it. */
    private static final Set<String> NOT_LOWERED = Set.of("input", "composite", "stopgradient");

    /** What this project has. */
    static PrimitiveParts ofThisProject() {
        Map<String, Set<String>> lowerings = new LinkedHashMap<>();
        for (String module : MODULES) {
            for (String text : SourceTree.ofThisProject().texts(module + "/src/main/java")) {
                Matcher lowering = LOWERING.matcher(text);
                if (lowering.find()) {
                    lowerings.put(
                            lowering.group(1) + " in " + module,
                            squashed(METHOD.matcher(text).results().map(method -> method.group(1))));
                }
            }
        }
        return new PrimitiveParts(
                squashed(Specification.load().rules().values().stream()
                        .map(Specification.Rule::op)
                        .filter(Objects::nonNull)),
                squashed(PrimitiveCases.all().stream().map(PrimitiveCase::op)),
                squashed(Stream.concat(
                        DerivativeCases.all().stream().map(DerivativeCase::op), DerivativeTest.NOT_SMOOTH.stream())),
                lowerings);
    }

    /** What a primitive lacks, one sentence each. */
    List<String> missing(String op) {
        List<String> missing = new ArrayList<>();
        if (!rules.contains(squashed(op))) {
            missing.add(op + " has no rule: add **3.n** `" + op + "` MUST ... and its intent to section 3 of SPEC.md");
        }
        if (!cases.contains(squashed(op))) {
            missing.add(op + " has no cases: add them to org.lamina.conformance.cases");
        }
        if (!derivatives.contains(squashed(op))) {
            missing.add(op + " has no derivative that is checked: add cases to DerivativeCases, or the op to "
                    + "DerivativeTest.NOT_SMOOTH and its values to DerivativeRulesTest");
        }
        if (!NOT_LOWERED.contains(squashed(op))) {
            lowerings.forEach((file, methods) -> {
                if (!methods.contains(squashed(op))) {
                    missing.add(op + " is not computed by " + file + ": add its method of Lowering");
                }
            });
        }
        return missing;
    }

    static String squashed(String name) {
        return name.replace("_", "").toLowerCase(Locale.ROOT);
    }

    static Set<String> squashed(Stream<String> names) {
        return names.map(PrimitiveParts::squashed).collect(Collectors.toCollection(TreeSet::new));
    }
}
