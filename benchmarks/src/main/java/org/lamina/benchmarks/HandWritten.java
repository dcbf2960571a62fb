package org.lamina.benchmarks;

import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.lamina.HostArray;

/** The networks as somebody who knows a framework well would write them there. */
public interface HandWritten {
    /** True if it is written for the framework under a backend's name. */
    boolean isFor(String backend);

    /** What is written for a framework, if it is on the class path. */
    static Optional<HandWritten> find(String backend) {
        return ServiceLoader.load(HandWritten.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(candidate -> candidate.isFor(backend))
                .findFirst();
    }

    /**
     * Opens a network.
     *
     * @param backend the backend that it is compared with
     * @param weights the neutral model's, by path, so that both sides compute the same numbers
     */
    Workload open(String backend, Network network, Map<String, HostArray> weights);
}
