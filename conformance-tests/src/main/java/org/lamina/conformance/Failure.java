package org.lamina.conformance;

import org.lamina.spi.BackendInfo;

/**
 * Something a backend does otherwise than SPEC.md says.
 *
 * @param rule the number of the rule
 * @param intent why the rule is there
 * @param backend name, framework and version
 * @param subject what was run; with it the inputs are known, as they are made from it
 * @param where the call and output
 * @param what index, got, expected, error in units of the derived bound and in ULPs
 * @param first the first node of the graph that differs, empty if the output is that
 * @param seed of the random rounding that the bound was derived with, to replay it
 */
public record Failure(
        String rule,
        String intent,
        String backend,
        String subject,
        String where,
        String what,
        String first,
        long seed) {
    /** A failure against a rule of this version's SPEC.md. */
    static Failure of(
            Specification specification,
            String rule,
            BackendInfo backend,
            String subject,
            String where,
            String what,
            String first,
            long seed) {
        return new Failure(rule, specification.intent(rule), describe(backend), subject, where, what, first, seed);
    }

    /** For example {@code tf (TensorFlow Java 2.18.0)}. */
    static String describe(BackendInfo backend) {
        return backend.name() + " (" + backend.framework() + " " + backend.version() + ")";
    }

    /** What is wrong, on what, where, how to replay it and why it matters: all but rule and subject. */
    public String detail() {
        return "on " + backend + ", " + (where.isEmpty() ? "" : where + ": ") + what
                + (first.isEmpty() ? "" : "; " + first) + "; seed " + seed
                + (intent.isEmpty() ? "" : ". The rule is there because: " + intent);
    }

    @Override
    public String toString() {
        return "rule " + rule + ": " + subject + ", " + detail();
    }
}
