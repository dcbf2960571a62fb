package org.lamina.conformance.report;

import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.lamina.DType;
import org.lamina.conformance.Failure;
import org.lamina.conformance.LayerResult;
import org.lamina.conformance.PrimitiveResult;

/**
 * What one check gave.
 *
 * @param place where in the report it belongs
 * @param name what was checked
 * @param inputs what the inputs were made of, empty if that is part of the name
 * @param rule the rule of SPEC.md
 * @param measured true if an error was measured, false if the check is a matter of yes or no
 * @param units the greatest error in units of the derived tolerance; more than 1 is wrong
 * @param ulps the greatest error in units in the last place of the greatest element of the array it is in
 * @param failure what is wrong, empty if nothing is
 */
public record Check(
        Place place,
        String name,
        String inputs,
        String rule,
        boolean measured,
        double units,
        double ulps,
        String failure) {
    /** What XML cannot hold. */
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}&&[^\\n\\t]]");

    private static final String DERIVATIVE_RULE = "5.9";
    private static final int MOST_FAILURES = 3;

    /** Replaces what no file of a report could hold. */
    public Check {
        failure = CONTROL.matcher(failure).replaceAll("\uFFFD");
    }

    /** A check of a layer. */
    public static Check of(LayerResult result) {
        Place place =
                new Place(Section.LAYERS, result.layer(), result.backend(), result.dtype(), Column.of(result.check()));
        return new Check(
                place,
                result.check().toString(),
                result.kind().toString(),
                result.check().rule(),
                result.check().measures(),
                result.units(),
                result.ulps(),
                result.failure());
    }

    /** A case of a primitive or of what is made of primitives. */
    public static Check of(Section section, PrimitiveResult result) {
        String rule = result.primitive().rule();
        Column column = rule.equals(DERIVATIVE_RULE) ? Column.DERIVATIVE : Column.FORWARD;
        Place place = new Place(
                section,
                result.primitive().op(),
                result.backend(),
                result.primitive().dtype(),
                column);
        return new Check(
                place, result.primitive().name(), "", rule, true, result.units(), result.ulps(), failure(result));
    }

    private static String failure(PrimitiveResult result) {
        int more = result.failures().size() - MOST_FAILURES;
        return result.failures().stream()
                        .limit(MOST_FAILURES)
                        .map(Failure::detail)
                        .collect(Collectors.joining("; "))
                + (more > 0 ? "; and " + more + " more" : "");
    }

    /**
     * A derivative compared with finite differences.
     *
     * @param failure what is wrong, empty if nothing is
     */
    public static Check slope(Section section, String subject, String backend, String name, String failure) {
        Place place = new Place(section, subject, backend, DType.FLOAT64, Column.SLOPE);
        double error = failure.isEmpty() ? 0 : Double.POSITIVE_INFINITY;
        return new Check(place, name, "", "5.1", false, error, error, failure);
    }

    /** True if nothing is wrong. */
    public boolean passed() {
        return failure.isEmpty();
    }

    /** What was checked, on what. */
    String label() {
        return inputs.isEmpty() ? name : name + ", " + inputs;
    }

    /** Rule, check, subject, backend and dtype, without what is wrong. */
    public String title() {
        return "rule " + rule + ", " + label() + ": " + place.subject() + " on " + place.backend() + " in "
                + place.dtype();
    }

    /** One line: rule, check, subject, backend, dtype, and what is wrong if anything is. */
    @Override
    public String toString() {
        return title() + ": " + (passed() ? "right" : failure);
    }
}
