package org.lamina.benchmarks.tf;

import com.google.auto.service.AutoService;
import java.util.Map;
import org.lamina.HostArray;
import org.lamina.benchmarks.HandWritten;
import org.lamina.benchmarks.Network;
import org.lamina.benchmarks.Workload;

/** Graphs of TensorFlow. */
@AutoService(HandWritten.class)
public final class TfHandWritten implements HandWritten {
    @Override
    public boolean isFor(String backend) {
        return backend.equals("tf");
    }

    @Override
    public Workload open(String backend, Network network, Map<String, HostArray> weights) {
        return new TfWorkload(network, weights);
    }
}
