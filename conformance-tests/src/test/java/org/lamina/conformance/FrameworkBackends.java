package org.lamina.conformance;

import java.util.List;
import org.lamina.Backend;
import org.lamina.conformance.oracle.OracleProvider;

/** The backends of frameworks on the class path. */
final class FrameworkBackends {
    private FrameworkBackends() {}

    /** Loads them all; the caller closes them. */
    static List<Backend> load() {
        return Backend.available().stream()
                .filter(name -> !name.equals(OracleProvider.NAME))
                .map(Backend::load)
                .toList();
    }
}
