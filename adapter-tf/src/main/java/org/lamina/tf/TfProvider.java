package org.lamina.tf;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.graph.Graph;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.Node;
import org.lamina.spi.BackendFailures;
import org.lamina.spi.BackendProvider;
import org.lamina.spi.Engine;
import org.lamina.spi.Executable;
import org.lamina.spi.NativeArray;

/**
 * How TensorFlow Java is found and loaded.
 *
 * <p>TensorFlow takes two settings from environment variables only, so they are set in this process before it loads, unless the
 * user has set them: {@code TF_ENABLE_ONEDNN_OPTS=0}, which keeps each op to the one kernel that the tests measured (where a
 * kernel of oneDNN's is meant, a graph names it itself), and {@code TF_CPP_MIN_LOG_LEVEL=2}, which keeps it from telling about
 * the processor. Where that cannot be done, as on Windows,
 * TensorFlow runs with its own settings: results may differ in the last bits and standard error gets a few lines.
 */
public final class TfProvider implements BackendProvider {
    static final String NAME = "tf";

    private static final Map<String, String> SETTINGS =
            Map.of("TF_ENABLE_ONEDNN_OPTS", "0", "TF_CPP_MIN_LOG_LEVEL", "2");

    private static boolean loaded;

    /** Called by {@link java.util.ServiceLoader}. */
    public TfProvider() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean isPresent() {
        ClassLoader loader = TfProvider.class.getClassLoader();
        return loader != null && loader.getResource("org/tensorflow/TensorFlow.class") != null;
    }

    @Override
    public Engine open() {
        load();
        return new TfEngine();
    }

    /**
     * Loads TensorFlow with its settings: whatever of it is used first in a JVM comes after this.
     *
     * @throws LaminaException if that cannot be done
     */
    static synchronized void load() {
        if (loaded) {
            return;
        }
        try {
            Loader.load(PointerPointer.class);
            CLibrary.addToEnvironment(SETTINGS.entrySet().stream()
                    .filter(setting -> System.getenv(setting.getKey()) == null)
                    .map(setting -> setting.getKey() + "=" + setting.getValue())
                    .toList());
            CLibrary.withoutStandardError(TfProvider::runOnce);
            loaded = true;
        } catch (LinkageError | RuntimeException e) {
            throw BackendFailures.loading(
                    NAME,
                    "TensorFlow Java",
                    "Check that tensorflow-core-native for this platform and javacpp 1.5.11 are on the class path.",
                    e);
        }
    }

    /** The first session of a JVM makes the devices and thread pools. */
    private static void runOnce() {
        Node zero = new GraphBuilder().constant(HostArray.of(Shape.scalar(), 0f));
        try (Executable executable = new TfEngine().compile(Graph.of(List.of(), List.of(zero)))) {
            executable.run(List.of()).forEach(NativeArray::close);
        }
    }

    /** Variables of the C library, which has no Java interface; nothing happens where it does not export them. */
    private static final class CLibrary {
        /** What {@code setenv} does: a new list of all variables takes the place of the old, which others may still read. */
        static void addToEnvironment(List<String> variables) {
            PointerPointer<Pointer> environment = variable("environ");
            if (environment.isNull() || environment.get(0) == null) {
                return;
            }
            PointerPointer<Pointer> old = new PointerPointer<>(environment.get(0));
            int count = 0;
            while (old.get(count) != null) {
                count++;
            }
            PointerPointer<Pointer> all =
                    new PointerPointer<>(Pointer.malloc((count + variables.size() + 1L) * Long.BYTES));
            for (int i = 0; i < count; i++) {
                all.put(i, old.get(i));
            }
            for (String variable : variables) {
                all.put(count++, text(variable));
            }
            all.put(count, (Pointer) null);
            environment.put(0, all);
        }

        private static Pointer text(String text) {
            byte[] bytes = (text + '\0').getBytes(StandardCharsets.UTF_8);
            Pointer memory = Pointer.malloc(bytes.length);
            new BytePointer(memory).put(bytes);
            return memory;
        }

        /**
         * Runs something while the C library's stream for errors is one that takes no output. TensorFlow's first run writes a
         * line through a logger that has no level; Java's own standard error is not this stream and goes on.
         */
        static void withoutStandardError(Runnable action) {
            PointerPointer<Pointer> error = variable("stderr");
            PointerPointer<Pointer> input = variable("stdin");
            if (error.isNull() || input.isNull()) {
                action.run();
                return;
            }
            Pointer stream = error.get(0);
            error.put(0, input.get(0));
            try {
                action.run();
            } finally {
                error.put(0, stream);
            }
        }

        private static PointerPointer<Pointer> variable(String name) {
            return new PointerPointer<>(Loader.addressof(name));
        }
    }
}
