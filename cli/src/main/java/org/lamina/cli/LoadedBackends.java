package org.lamina.cli;

import java.util.ArrayList;
import java.util.List;
import org.lamina.Backend;

/** Several backends loaded side by side. */
final class LoadedBackends implements AutoCloseable {
    private final List<Backend> backends = new ArrayList<>();

    LoadedBackends(List<String> names) {
        try {
            names.forEach(name -> backends.add(Backend.load(name)));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    List<Backend> backends() {
        return backends;
    }

    @Override
    public void close() {
        backends.forEach(Backend::close);
    }
}
