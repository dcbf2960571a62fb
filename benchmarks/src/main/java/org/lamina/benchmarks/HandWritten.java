package org.lamina.benchmarks;

import java.util.Map;
import org.lamina.HostArray;

/** The networks as somebody who knows a framework well would write them there. */
public interface HandWritten {
    /** True if it is written for the framework under a backend's name. */
    boolean isFor(String backend);

    /**
     * Opens a network.
     *
     * @param backend the backend that it is compared with
     * @param weights the neutral model's, by path, so that both sides compute the same numbers
     */
    Workload open(String backend, Network network, Map<String, HostArray> weights);
}
