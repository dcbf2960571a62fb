package org.lamina.benchmarks.onnx;

import com.google.auto.service.AutoService;
import java.util.Map;
import org.lamina.HostArray;
import org.lamina.benchmarks.HandWritten;
import org.lamina.benchmarks.Network;
import org.lamina.benchmarks.Side;
import org.lamina.benchmarks.Workload;

/** Graphs of ONNX. */
@AutoService(HandWritten.class)
public final class OnnxHandWritten implements HandWritten {
    @Override
    public boolean isFor(String backend) {
        return backend.equals(Side.ONNX);
    }

    @Override
    public Workload open(String backend, Network network, Map<String, HostArray> weights) {
        return new OnnxWorkload(new OnnxNetwork(network, weights).toBytes());
    }
}
