package org.lamina.benchmarks;

import java.util.Map;
import org.lamina.HostArray;

/** The sides of a comparison. */
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
            return written(backend, backend, network);
        }
    },
    /** ONNX Runtime, for outputs only. */
    ONNX_RUNTIME {
        @Override
        public Workload open(String backend, Network network) {
            return written(ONNX, backend, network);
        }
    };

    /** What ONNX Runtime is asked for by. */
    public static final String ONNX = "onnxruntime";

    private static Workload written(String framework, String backend, Network network) {
        Map<String, HostArray> weights;
        try (NeutralWorkload neutral = NeutralWorkload.open(backend, network)) {
            weights = neutral.weights();
        }
        return HandWritten.find(framework)
                .orElseThrow(() -> new IllegalArgumentException("nothing is written by hand for " + framework))
                .open(backend, network, weights);
    }

    /** Opens a network with the weights of seed 42, the same on both sides. */
    public abstract Workload open(String backend, Network network);
}
