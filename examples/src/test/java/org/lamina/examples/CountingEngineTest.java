package org.lamina.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.lamina.Backend;
import org.lamina.HostArray;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.conformance.oracle.OracleProvider;

class CountingEngineTest {
    @Test
    void countsPredictions() {
        CountingEngine engine = new CountingEngine("counting", new OracleProvider().open());
        HostArray x = HostArray.uniform(Shape.of(2, 3), 1);
        try (Backend backend = Backend.of(engine);
                Model model = backend.model(new CenteredLayer()).initialize(x.shape(), 1)) {
            model.predict(x);
            model.predict(x);
            assertEquals(2, engine.runs());
        }
    }
}
