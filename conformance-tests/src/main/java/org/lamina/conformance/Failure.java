package org.lamina.conformance;

/**
 * Something a backend does otherwise than SPEC.md says.
 *
 * @param rule the number of the rule
 * @param intent why the rule is there
 * @param backend name and version
 * @param subject what was run; with it the inputs are known, as they are made from it
 * @param where the call and output
 * @param what index, got, expected, error in units of the derived bound and in ULPs
 */
public record Failure(String rule, String intent, String backend, String subject, String where, String what) {
    @Override
    public String toString() {
        return "rule " + rule + ": " + subject + ", on " + backend + (where.isEmpty() ? "" : ", " + where) + ": " + what
                + (intent.isEmpty() ? "." : ". The rule is there because: " + intent);
    }
}
