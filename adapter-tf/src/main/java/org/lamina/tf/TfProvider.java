package org.lamina.tf;

import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.spi.BackendProvider;
import org.lamina.spi.Engine;

/** How TensorFlow Java is found and loaded. */
public final class TfProvider implements BackendProvider {
    static final String NAME = "tf";

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
        try {
            return new TfEngine();
        } catch (LinkageError | RuntimeException e) {
            throw new LaminaException(
                    ErrorCode.BACKEND_FAILURE,
                    "backend tf: TensorFlow Java could not be loaded: " + e + ". Nothing can run on it. Check that "
                            + "tensorflow-core-native for this platform and javacpp 1.5.11 are on the class path.",
                    e);
        }
    }
}
