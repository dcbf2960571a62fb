package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.Backend;
import org.lamina.HostArray;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.io.Bundle;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Dense;
import org.lamina.layers.MyDense;
import org.lamina.layers.Sequential;

/** A model that was saved with its architecture is the same model: the book's section on files, and its exercises. */
class MovedModelTest {
    private static final HostArray X = HostArray.uniform(Shape.of(3, 4), 7);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @MethodSource("org.lamina.Backend#available")
    @Rule({"11.1", "11.5"})
    void givesExactlyEqualOutput(String name) {
        Path file = folder.resolve("net.zip");
        MyDense shared = new MyDense(4);
        Sequential net = Sequential.of(shared, new CenteredLayer(), shared, new Dense(2));
        try (Backend backend = Backend.load(name)) {
            Model model = backend.model(net).initialize(Shape.of(3, 4), 1);
            Bundle.of(model).write(file);
            Bundle bundle = Bundle.read(file);
            Model moved = backend.model(bundle.layer())
                    .initialize(Shape.of(3, 4), 2)
                    .setParameters(bundle.weights().tensors());
            assertThat(moved.predict(X)).isEqualTo(model.predict(X));
            assertThat(bundle.weights().tensors()).containsOnlyKeys("0.weight", "0.bias", "3.weight", "3.bias");
            assertThat(bundle.weights().metadata())
                    .isEqualTo(Map.of("2.weight", "0.weight", "2.bias", "0.bias"))
                    .isEqualTo(moved.aliases());
        }
    }

    /** The first layers of a saved network in another one. */
    @ParameterizedTest
    @MethodSource("org.lamina.Backend#available")
    void lendsItsFirstLayers(String name) {
        Path file = folder.resolve("net");
        try (Backend backend = Backend.load(name)) {
            Sequential net = Sequential.of(new Dense(5), new CenteredLayer(), new Dense(2));
            Bundle.of(backend.model(net).initialize(Shape.of(3, 4), 1)).write(file);
            Map<String, HostArray> saved = Bundle.read(file).weights().tensors();
            Model other = backend.model(Sequential.of(new Dense(5), new CenteredLayer(), new Dense(9)))
                    .initialize(Shape.of(3, 4), 2);
            saved.forEach((path, value) -> {
                if (path.startsWith("0.")) {
                    other.setParameter(path, value);
                }
            });
            assertThat(other.parameter("0.weight")).isEqualTo(saved.get("0.weight"));
            assertThat(other.predict(X).shape()).isEqualTo(Shape.of(3, 9));
        }
    }
}
