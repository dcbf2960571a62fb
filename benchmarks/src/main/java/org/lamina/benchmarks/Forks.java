package org.lamina.benchmarks;

import java.nio.file.Path;
import java.util.Collection;
import java.util.stream.DoubleStream;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs one side of an experiment in a JVM of its own.
 *
 * @param warmups iterations not counted
 * @param iterations iterations counted
 * @param length of an iteration
 * @param log where JMH writes what it does
 */
// JMH gives its results without their type arguments.
@SuppressWarnings("rawtypes")
record Forks(int warmups, int iterations, TimeValue length, Path log) {
    Sample run(String backend, Experiment experiment, Side side) {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("\\." + experiment.benchmark().replace(".", "\\.") + "$")
                .param("backend", backend)
                .param("side", side.name())
                .threads(experiment.threads())
                .forks(1)
                .addProfiler(GCProfiler.class)
                .addProfiler(ResidentMemory.class)
                .shouldFailOnError(true)
                .output(log.toString());
        if (experiment.benchmark().startsWith("Calls.")) {
            options.param("network", experiment.network().name())
                    .param("sizes", experiment.sizes().name())
                    .warmupIterations(warmups)
                    .warmupTime(length)
                    .measurementIterations(iterations)
                    .measurementTime(length);
        }
        try {
            return sample(new Runner(options.build()).run(), experiment.threads());
        } catch (RunnerException e) {
            throw new IllegalStateException(
                    backend + ", " + experiment.title() + ": JMH failed; nothing was written. Its output is in " + log,
                    e);
        }
    }

    private static Sample sample(Collection<RunResult> runs, int threads) {
        BenchmarkResult result =
                runs.iterator().next().getBenchmarkResults().iterator().next();
        double scale = result.getPrimaryResult().getScoreUnit().startsWith("ms") ? 1000 : 1;
        DoubleStream times = result.getIterationResults().stream()
                .mapToDouble(iteration -> iteration.getPrimaryResult().getScore());
        return new Sample(
                Measurement.median(times) * scale / threads,
                secondary(result, "gc.alloc.rate.norm"),
                secondary(result, ResidentMemory.PEAK));
    }

    private static double secondary(BenchmarkResult result, String name) {
        return result.getSecondaryResults().entrySet().stream()
                .filter(entry -> entry.getKey().endsWith(name))
                .mapToDouble(entry -> entry.getValue().getScore())
                .findFirst()
                .orElse(Double.NaN);
    }
}
