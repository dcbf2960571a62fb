package org.lamina.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.lamina.spi.BackendProvider;
import org.lamina.spi.Engine;

/** The engines on the class path, each loaded once. */
final class Backends implements AutoCloseable {
    private final List<Engine> engines = new ArrayList<>();

    Backends() {
        for (BackendProvider provider : ServiceLoader.load(BackendProvider.class)) {
            if (provider.isPresent()) {
                engines.add(provider.open());
            }
        }
    }

    List<Engine> engines() {
        return engines;
    }

    @Override
    public void close() {
        engines.forEach(Engine::close);
    }
}
