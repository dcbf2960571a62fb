package org.lamina.benchmarks;

import java.util.Map;
import java.util.ServiceLoader;
import org.lamina.HostArray;

/** The two sides of a comparison. */
public enum Side {
    /** Lamina. */
    NEUTRAL {
        @Override
        public Workload open(String backend, Network network) {
            return NeutralWorkload.open(backend, network);
        }
    },
    /** The framework's own means. */
    HAND_WRITTEN {
        @Override
        public Workload open(String backend, Network network) {
            Map<String, HostArray> weights;
            try (NeutralWorkload neutral = NeutralWorkload.open(backend, network)) {
                weights = neutral.weights();
            }
            return ServiceLoader.load(HandWritten.class).stream()
                    .map(ServiceLoader.Provider::get)
                    .filter(candidate -> candidate.isFor(backend))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("nothing is written by hand for " + backend))
                    .open(backend, network, weights);
        }
    };

    /** Opens a network with the weights of seed 42, the same on both sides. */
    public abstract Workload open(String backend, Network network);
}
