package org.lamina;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.lamina.spi.BackendProvider;

/** Finds backends on the class path. */
final class Discovery {
    private static final String ADD =
            "Add an adapter such as lamina-adapter-djl, or build with one of the profiles dl4j, djl, djl-mxnet, tf.";
    /** The oracle of the conformance suite is chosen by name only, never by being alone. */
    private static final String REFERENCE = "reference";

    private Discovery() {}

    static List<BackendProvider> present() {
        List<BackendProvider> found = new ArrayList<>();
        Iterator<BackendProvider> providers =
                ServiceLoader.load(BackendProvider.class).iterator();
        while (hasNext(providers)) {
            try {
                BackendProvider provider = providers.next();
                if (provider.isPresent()) {
                    found.add(provider);
                }
            } catch (ServiceConfigurationError | LinkageError broken) {
                // One broken adapter must not hide the others.
                System.getLogger(Discovery.class.getName())
                        .log(System.Logger.Level.DEBUG, "an adapter on the class path cannot be used", broken);
            }
        }
        found.sort(Comparator.comparing(BackendProvider::name));
        return found;
    }

    private static boolean hasNext(Iterator<BackendProvider> providers) {
        try {
            return providers.hasNext();
        } catch (ServiceConfigurationError e) {
            throw new LaminaException(
                    ErrorCode.BACKEND_CHOICE,
                    "backends: a provider file on the class path is broken: " + e.getMessage(),
                    e);
        }
    }

    static BackendProvider choose(@Nullable String name) {
        List<BackendProvider> found = present();
        if (name != null) {
            return found.stream()
                    .filter(provider -> provider.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new LaminaException(
                            ErrorCode.BACKEND_CHOICE,
                            "backend \"" + name + "\" is not on the class path; found: " + names(found)
                                    + ". Choose one of these, or add its adapter."));
        }
        List<BackendProvider> candidates = found.stream()
                .filter(provider -> !provider.name().equals(REFERENCE))
                .toList();
        if (candidates.size() != 1) {
            throw new LaminaException(
                    ErrorCode.BACKEND_CHOICE,
                    candidates.isEmpty()
                            ? "no backend is on the class path. " + ADD
                            : "several backends are on the class path: " + names(candidates)
                                    + ". Choose one with -Dlamina.backend=NAME or Backend.load(NAME).");
        }
        return candidates.get(0);
    }

    private static String names(List<BackendProvider> providers) {
        return providers.isEmpty()
                ? "none"
                : String.join(
                        ", ", providers.stream().map(BackendProvider::name).toList());
    }
}
