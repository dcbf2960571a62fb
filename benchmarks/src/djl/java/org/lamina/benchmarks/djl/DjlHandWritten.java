package org.lamina.benchmarks.djl;

import com.google.auto.service.AutoService;
import java.util.Map;
import org.lamina.HostArray;
import org.lamina.benchmarks.HandWritten;
import org.lamina.benchmarks.Network;
import org.lamina.benchmarks.Workload;

/** DJL blocks with either engine. */
@AutoService(HandWritten.class)
public final class DjlHandWritten implements HandWritten {
    @Override
    public boolean isFor(String backend) {
        return backend.equals("djl") || backend.equals("djl-mxnet");
    }

    @Override
    public Workload open(String backend, Network network, Map<String, HostArray> weights) {
        return new DjlWorkload(backend.equals("djl") ? "PyTorch" : "MXNet", network, weights);
    }
}
