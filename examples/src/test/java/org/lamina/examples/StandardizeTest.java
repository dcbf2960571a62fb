package org.lamina.examples;

import org.junit.jupiter.api.Test;
import org.lamina.Shape;
import org.lamina.conformance.LayerConformance;

/** One line: outputs, derivatives, other batches, copies, saved weights, on every backend of the profile, in both widths. */
class StandardizeTest {
    @Test
    void givesTheSameNumbersEverywhere() {
        LayerConformance.of(() -> new Standardize(1e-5)).on(Shape.of(4, 6)).independentRows().check();
    }
}
