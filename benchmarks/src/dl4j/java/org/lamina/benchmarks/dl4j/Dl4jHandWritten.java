package org.lamina.benchmarks.dl4j;

import com.google.auto.service.AutoService;
import java.util.Map;
import org.lamina.HostArray;
import org.lamina.benchmarks.HandWritten;
import org.lamina.benchmarks.Network;
import org.lamina.benchmarks.Workload;

/** Networks of Deeplearning4j. */
@AutoService(HandWritten.class)
public final class Dl4jHandWritten implements HandWritten {
    @Override
    public boolean isFor(String backend) {
        return backend.equals("dl4j");
    }

    @Override
    public Workload open(String backend, Network network, Map<String, HostArray> weights) {
        return new Dl4jWorkload(network, weights);
    }
}
