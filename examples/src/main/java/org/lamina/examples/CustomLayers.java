package org.lamina.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.lamina.Backend;
import org.lamina.HostArray;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.io.Bundle;
import org.lamina.layers.Dense;
import org.lamina.layers.Sequential;

/** The book's section 6.5 with layers of one's own, on whichever backend is on the class path. */
public final class CustomLayers {
    private CustomLayers() {}

    /**
     * Runs the section.
     *
     * @param arguments a file to save a model to, such as {@code net.zip}
     */
    public static void main(String[] arguments) throws IOException {
        try (Backend backend = Backend.load()) {
            System.out.print(run(backend, Path.of(arguments.length == 0 ? "net.zip" : arguments[0])));
        }
    }

    /** What the section shows, as text. */
    static String run(Backend backend, Path file) throws IOException {
        Model centered = backend.model(new CenteredLayer()).initialize(Shape.of(5), 1);
        HostArray fewNumbers = HostArray.of(Shape.of(5), 1f, 2f, 3f, 4f, 5f);

        HostArray x = HostArray.uniform(Shape.of(4, 8), 1);
        Model net = backend.model(Sequential.of(new Dense(128), new CenteredLayer()))
                .initialize(x.shape(), 1);

        HostArray wide = HostArray.uniform(Shape.of(2, 64), 2);
        Model stack = backend.model(Sequential.of(new MyLinear(64, 8), new MyLinear(8, 1)))
                .initialize(wide.shape(), 1);
        Bundle.of(stack).write(file);
        Bundle bundle = Bundle.read(file);
        Model loaded = backend.model(bundle.layer())
                .initialize(List.of(wide.type()), bundle.weights().tensors());

        return """
                centered: %s
                mean of the network's output is near 0: %s
                parameters of the stack: %s
                a loaded model gives equal outputs: %s
                """.formatted(
                        centered.predict(fewNumbers),
                        Math.abs(mean(net.predict(x))) < 1e-6,
                        stack.parameters().keySet(),
                        loaded.predict(wide).equals(stack.predict(wide)));
    }

    private static double mean(HostArray array) {
        double sum = 0;
        for (int i = 0; i < array.size(); i++) {
            sum += array.doubleAt(i);
        }
        return sum / array.size();
    }
}
