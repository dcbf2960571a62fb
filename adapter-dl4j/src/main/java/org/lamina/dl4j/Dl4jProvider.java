package org.lamina.dl4j;

import org.lamina.spi.BackendFailures;
import org.lamina.spi.BackendProvider;
import org.lamina.spi.Engine;

/** How Deeplearning4j's ND4J is found and loaded. */
public final class Dl4jProvider implements BackendProvider {
    static final String NAME = "dl4j";

    /** Called by {@link java.util.ServiceLoader}. */
    public Dl4jProvider() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean isPresent() {
        ClassLoader loader = Dl4jProvider.class.getClassLoader();
        return loader != null && loader.getResource("org/nd4j/linalg/cpu/nativecpu/CpuBackend.class") != null;
    }

    @Override
    public Engine open() {
        try {
            return new Dl4jEngine();
        } catch (LinkageError | RuntimeException e) {
            throw BackendFailures.loading(
                    NAME,
                    "ND4J",
                    "Check that nd4j-native for this platform and javacpp 1.5.11 are on the class path.",
                    e);
        }
    }
}
