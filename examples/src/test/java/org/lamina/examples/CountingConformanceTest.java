package org.lamina.examples;

import java.util.ServiceLoader;
import org.lamina.conformance.junit.BackendConformance;
import org.lamina.spi.BackendProvider;

/** The adapter, around the first backend on the class path, computes what SPEC.md says. */
class CountingConformanceTest extends BackendConformance {
    @Override
    protected BackendProvider provider() {
        BackendProvider present = ServiceLoader.load(BackendProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.isPresent() && !provider.name().equals("reference"))
                .findFirst()
                .orElseThrow();
        return new CountingProvider(present);
    }
}
