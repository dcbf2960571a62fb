package org.lamina.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;

/** The time of one call on data of the heap, results on the heap. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class Calls {
    private static final int BATCHES = 64;
    /** The first calls of a JVM touch the pages of its heap and of native memory for the first time, slow ones more of them. */
    private static final int FIRST_CALLS = 100;

    private static final long MOST_NANOS_OF_FIRST_CALLS = TimeUnit.SECONDS.toNanos(3);

    /** One side of a comparison with batches to go round. */
    @State(Scope.Benchmark)
    public static class Opened {
        /** The backend. */
        @Param({})
        public String backend = "";

        /** What is run. */
        @Param({"MY_LINEAR", "MLP_256", "MLP_1024", "NORM_GELU", "CONVOLUTION"})
        public Network network = Network.MY_LINEAR;

        /** How it is written. */
        @Param({"NEUTRAL", "HAND_WRITTEN"})
        public Side side = Side.NEUTRAL;

        /** How large the batches are. */
        @Param({"FIXED"})
        public BatchSizes sizes = BatchSizes.FIXED;

        private Workload workload = NoWorkload.INSTANCE;

        /** Opens it and makes the calls that do not count. */
        @Setup(Level.Trial)
        public void open(BenchmarkParams params) {
            workload = side.open(backend, network);
            workload.prepare(batches());
            boolean isStep = params.getBenchmark().endsWith(".step");
            long start = System.nanoTime();
            // From the second batch on, as DJL's Trainer does not begin with gradients of 0, which MY_LINEAR's first
            // batch has.
            for (int i = 1; i <= FIRST_CALLS && System.nanoTime() - start < MOST_NANOS_OF_FIRST_CALLS; i++) {
                if (isStep) {
                    workload.step(i % BATCHES);
                } else {
                    workload.forward(i % BATCHES);
                }
            }
        }

        private List<Batch> batches() {
            Random random = new Random(7);
            List<Batch> batches = new ArrayList<>();
            for (int i = 0; i < BATCHES; i++) {
                batches.add(Batch.of(network, sizes.draw(network.batch(), random), i));
            }
            return batches;
        }

        /** Closes it. */
        @TearDown(Level.Trial)
        public void close() {
            workload.close();
        }
    }

    /** Which batch is next; each thread has its own. */
    @State(Scope.Thread)
    public static class Position {
        private int next;

        private int next() {
            next = (next + 1) % BATCHES;
            return next;
        }
    }

    /** Heap to heap. */
    @Benchmark
    public Object forward(Opened opened, Position position) {
        return opened.workload.forward(position.next());
    }

    /** Forward, gradients and update. */
    @Benchmark
    public double step(Opened opened, Position position) {
        return opened.workload.step(position.next());
    }
}
