package org.lamina.benchmarks;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.lamina.DType;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.layer.Layer;
import org.lamina.layer.Trace;
import org.lamina.layer.TracedLayer;
import org.lamina.layers.Dense;
import org.lamina.layers.Relu;
import org.lamina.layers.Sequential;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What happens once: opening a network up to its first result, and tracing a deep one. */
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class Starts {
    /** The framework is loaded and has computed something. */
    @State(Scope.Benchmark)
    public static class Loaded {
        /** The backend. */
        @Param({})
        public String backend = "";

        /** How it is written. */
        @Param({"NEUTRAL", "HAND_WRITTEN"})
        public Side side = Side.NEUTRAL;

        /** Runs another network once. */
        @Setup(Level.Trial)
        public void load() {
            run(Network.NORM_GELU);
        }

        private Object run(Network network) {
            try (Workload workload = side.open(backend, network)) {
                workload.prepare(List.of(Batch.of(network, network.batch(), 1)));
                return workload.forward(0);
            }
        }
    }

    /** From the description of a network to its first result, with weights drawn, traced and compiled. */
    @Benchmark
    @BenchmarkMode(Mode.SingleShotTime)
    public Object firstCall(Loaded loaded) {
        return loaded.run(Network.MLP_256);
    }

    /** A network of 100 layers to be traced. */
    @State(Scope.Benchmark)
    public static class Deep {
        private final Layer layer = Sequential.of(IntStream.range(0, 100)
                .mapToObj(i -> i % 2 == 0 ? new Dense(64) : new Relu())
                .toArray(Layer[]::new));
    }

    /** The graph of 100 layers. */
    @Benchmark
    @BenchmarkMode(Mode.AverageTime)
    public TracedLayer trace(Deep deep) {
        return Trace.of(
                deep.layer, DType.FLOAT32, List.of(new TensorType(DType.FLOAT32, Shape.of(Shape.BATCH, 64))), false);
    }

    /** The same in a JVM that has done nothing else. */
    @Benchmark
    @BenchmarkMode(Mode.SingleShotTime)
    public TracedLayer firstTrace(Deep deep) {
        return trace(deep);
    }
}
