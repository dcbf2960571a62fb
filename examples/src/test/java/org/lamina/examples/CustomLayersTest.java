package org.lamina.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.Backend;
import org.lamina.Shape;
import org.lamina.conformance.Law;
import org.lamina.conformance.LayerConformance;

/** One line checks a layer on every backend on the class path. */
class CustomLayersTest {
    @Test
    void centeredLayer() {
        LayerConformance.of(new CenteredLayer(), Shape.of(4, 8))
                .laws(
                        Law.of("C(x + 3) = C(x)", (c, x) -> c.of(x.add(3)), (c, x) -> c.of(x)),
                        Law.of("C(C(x)) = C(x)", (c, x) -> c.of(c.of(x)), (c, x) -> c.of(x)))
                .check();
    }

    @Test
    void myLinear() {
        LayerConformance.of(new MyLinear(5, 3), Shape.of(4, 5))
                .independentRows()
                .check();
    }

    @Test
    void myDense() {
        LayerConformance.of(new MyDense(3), Shape.of(4, 5)).independentRows().check();
    }

    @Test
    void tensorReduction() {
        LayerConformance.of(new TensorReduction(3), Shape.of(4, 5))
                .independentRows()
                .check();
    }

    @Test
    void halfFourier() {
        LayerConformance.of(new HalfFourier(), Shape.of(4, 7)).independentRows().check();
    }

    @Test
    void theSectionRunsOnEveryBackend(@TempDir Path folder) throws IOException {
        for (String name : Backend.available()) {
            try (Backend backend = Backend.load(name)) {
                assertEquals("""
                        centered: [-2.0, -1.0, 0.0, 1.0, 2.0] float32 (5,)
                        mean of the network's output is near 0: true
                        parameters of the stack: [0.weight, 0.bias, 1.weight, 1.bias]
                        a loaded model gives equal outputs: true
                        """, CustomLayers.run(backend, folder.resolve(name + ".zip")), name);
            }
        }
    }
}
