package org.lamina.benchmarks;

import java.util.List;
import java.util.stream.Stream;

/**
 * One comparison of the two sides.
 *
 * @param title what is measured, for people
 * @param benchmark the name of the JMH method
 * @param network what is run
 * @param sizes how large the batches are
 * @param threads how many threads call at once
 * @param other what the neutral side is compared with
 * @param goal the most that the ratio of the neutral to the other time should be
 */
public record Experiment(
        String title, String benchmark, Network network, BatchSizes sizes, int threads, Side other, double goal) {
    /** One with what is written by hand. */
    private Experiment(String title, String benchmark, Network network, BatchSizes sizes, int threads, double goal) {
        this(title, benchmark, network, sizes, threads, Side.HAND_WRITTEN, goal);
    }

    /** What is measured on a backend. */
    public static List<Experiment> on(String backend) {
        double step = backend.equals("dl4j") || backend.equals("djl-mxnet") ? 0.8 : 0.9;
        Stream<Experiment> calls = Stream.of(Network.values())
                .flatMap(network -> Stream.of(
                        of("forward", network, network == Network.MY_LINEAR ? 1.1 : 1), of("step", network, step)));
        Stream<Experiment> onnx = HandWritten.find(Side.ONNX).stream()
                .flatMap(found -> Stream.of(Network.values()))
                .map(Experiment::againstOnnxRuntime);
        return Stream.concat(
                        Stream.concat(calls, onnx),
                        Stream.of(
                                random("forward"),
                                random("step"),
                                new Experiment(
                                        "forward, 2 threads", "Calls.forward", Network.MLP_256, BatchSizes.FIXED, 2, 1),
                                new Experiment(
                                        "first call", "Starts.firstCall", Network.MLP_256, BatchSizes.FIXED, 1, 1)))
                .toList();
    }

    private static Experiment of(String call, Network network, double goal) {
        return new Experiment(call, "Calls." + call, network, BatchSizes.FIXED, 1, goal);
    }

    private static Experiment againstOnnxRuntime(Network network) {
        return new Experiment(
                "forward, ONNX Runtime", "Calls.forward", network, BatchSizes.FIXED, 1, Side.ONNX_RUNTIME, 1);
    }

    private static Experiment random(String call) {
        return new Experiment(call + ", random batch sizes", "Calls." + call, Network.MLP_256, BatchSizes.RANDOM, 1, 1);
    }
}
