package org.lamina.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/** The most memory that the process had resident, native memory and heap, as Linux counts it; nothing elsewhere. */
public final class ResidentMemory implements InternalProfiler {
    /** The name of the result, in MiB. */
    public static final String PEAK = "resident.peak";

    private static final Path STATUS = Path.of("/proc/self/status");

    @Override
    public String getDescription() {
        return "peak resident memory of the process";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {}

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        if (!Files.exists(STATUS)) {
            return List.of();
        }
        return List.of(new ScalarResult(PEAK, peak(), "MiB", AggregationPolicy.MAX));
    }

    private static double peak() {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)
                    .findFirst()
                    .orElse(Double.NaN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
