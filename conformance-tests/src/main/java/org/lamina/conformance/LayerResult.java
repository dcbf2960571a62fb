package org.lamina.conformance;

import org.lamina.DType;

/**
 * What one check of a layer on a backend gave.
 *
 * @param layer the layer's name
 * @param backend the backend's name
 * @param dtype the float width of the work
 * @param check what was checked
 * @param kind what the inputs were made of
 * @param units the greatest error in units of the derived tolerance; more than 1 is wrong
 * @param ulps the greatest error in units in the last place of the greatest element of the array it is in; 0 in arrays that are 0
 *     in theory, which have no such units
 * @param failure what is wrong, empty if nothing is
 */
public record LayerResult(
        String layer,
        String backend,
        DType dtype,
        LayerCheck check,
        InputKind kind,
        double units,
        double ulps,
        String failure) {
    /** True if nothing is wrong. */
    public boolean passed() {
        return failure.isEmpty();
    }

    /** One line: rule, layer, backend, dtype, and what is wrong if anything is. */
    @Override
    public String toString() {
        return "rule " + check.rule() + ", " + check + ", " + kind + ": " + layer + " on " + backend + " in " + dtype
                + ": " + (passed() ? "right" : failure);
    }
}
