package org.lamina.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.layer.Initializer;
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;
import org.lamina.layers.Dense;
import org.lamina.layers.Relu;

/** What can be registered. */
class LayerRegistryTest {
    private static final LayerRegistry STANDARD = LayerRegistry.standard();

    private static void assertRefused(Runnable registration, String problem) {
        assertThatThrownBy(registration::run)
                .isInstanceOfSatisfying(
                        LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIGURATION))
                .hasMessageContaining(problem);
    }

    /** A layer that is forgotten in the list cannot be saved. */
    @Test
    void knowsEveryLayerOfThePackage() throws Exception {
        Path classes = Path.of(Dense.class.getResource("Dense.class").toURI()).getParent();
        List<String> layers;
        try (Stream<Path> files = Files.list(classes)) {
            layers = files.map(file -> file.getFileName().toString().replace(".class", ""))
                    .filter(LayerRegistryTest::isLayer)
                    .sorted()
                    .toList();
        }
        assertThat(layers).contains("Dense", "Sequential");
        assertThat(STANDARD.names()).containsExactlyElementsOf(layers);
    }

    private static boolean isLayer(String name) {
        try {
            Class<?> type = Class.forName(Dense.class.getPackageName() + "." + name);
            return Layer.class.isAssignableFrom(type) && type.isRecord();
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    @Test
    void isNotChangedByRegistering() {
        LayerRegistry more = STANDARD.with("Strict", SampleLayers.Strict.class);
        assertThat(more.names()).contains("Strict", "Dense");
        assertThat(STANDARD.names()).doesNotContain("Strict");
        assertThat(more.with("Strict", SampleLayers.Strict.class).names()).isEqualTo(more.names());
    }

    @Test
    void refusesANameForTwoClasses() {
        assertRefused(() -> STANDARD.with("Dense", Relu.class), "the name Dense is registered for");
    }

    record Drawn(Initializer initializer) implements Layer {
        @Override
        public Tensor forward(Scope scope, Tensor x) {
            return x;
        }
    }

    record Typed(String type) implements Layer {
        @Override
        public Tensor forward(Scope scope, Tensor x) {
            return x;
        }
    }

    record Named(Map<String, Long> sizes) implements Layer {
        @Override
        public Tensor forward(Scope scope, Tensor x) {
            return x;
        }
    }

    static final class Plain implements Layer {
        @Override
        public Tensor forward(Scope scope, Tensor x) {
            return x;
        }
    }

    @Test
    void refusesWhatAFileCannotHold() {
        assertRefused(
                () -> STANDARD.with("x", Drawn.class), "its component initializer is a org.lamina.layer.Initializer");
        assertRefused(() -> STANDARD.with("x", Named.class), "its component sizes is a java.util.Map");
        assertRefused(() -> STANDARD.with("x", Typed.class), "its component type has a name that layer.json keeps");
        assertRefused(() -> STANDARD.with("x", Plain.class), "it is no record");
    }

    @Test
    void saysWhichProviderIsBroken() throws IOException {
        Path folder = Files.createTempDirectory("provider");
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(services.resolve("org.lamina.layer.LayerProvider"), "org.example.Missing\n");
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (java.net.URLClassLoader loader =
                new java.net.URLClassLoader(new java.net.URL[] {folder.toUri().toURL()}, before)) {
            thread.setContextClassLoader(loader);
            assertRefused(LayerRegistry::standard, "org.example.Missing not found");
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
