package org.lamina.conformance;

import java.util.List;

/**
 * What a case of a primitive gave on a backend.
 *
 * @param primitive the case
 * @param backend the backend's name
 * @param units the greatest error in units of the derived tolerance; more than 1 is wrong
 * @param ulps the greatest error in units in the last place of the greatest element of the array it is in
 * @param failures nothing, or one failure for each call and output that is wrong
 */
public record PrimitiveResult(
        PrimitiveCase primitive, String backend, double units, double ulps, List<Failure> failures) {
    /** Copies. */
    public PrimitiveResult {
        failures = List.copyOf(failures);
    }
}
