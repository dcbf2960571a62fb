package org.lamina.benchmarks;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;

/** The samples of one experiment on one backend: one of each side in every round. */
public final class Measurement {
    private final String backend;
    private final Experiment experiment;
    private final Map<Side, List<Sample>> samples = new EnumMap<>(Side.class);

    /** No samples yet. */
    public Measurement(String backend, Experiment experiment) {
        this.backend = backend;
        this.experiment = experiment;
        for (Side side : Side.values()) {
            samples.put(side, new ArrayList<>());
        }
    }

    /** Adds what a fork measured. */
    public void add(Side side, Sample sample) {
        of(side).add(sample);
    }

    private List<Sample> of(Side side) {
        return samples.getOrDefault(side, List.of());
    }

    /** Where it was measured. */
    public String backend() {
        return backend;
    }

    /** What was measured. */
    public Experiment experiment() {
        return experiment;
    }

    /** The median time of a call over the rounds, in microseconds. */
    public double microseconds(Side side) {
        return median(of(side).stream().mapToDouble(Sample::microseconds));
    }

    /** The median heap garbage of a call in bytes. */
    public double allocated(Side side) {
        return median(of(side).stream().mapToDouble(Sample::allocated));
    }

    /** The most memory resident in MiB. */
    public double resident(Side side) {
        return of(side).stream().mapToDouble(Sample::resident).max().orElse(Double.NaN);
    }

    /** The time of the neutral side over that of the other, of the medians. */
    public double ratio() {
        return microseconds(Side.NEUTRAL) / microseconds(experiment.other());
    }

    /** The smallest ratio of one round. */
    public double leastRatio() {
        return ratios().min().orElse(Double.NaN);
    }

    /** The largest ratio of one round. */
    public double mostRatio() {
        return ratios().max().orElse(Double.NaN);
    }

    private DoubleStream ratios() {
        List<Sample> neutral = of(Side.NEUTRAL);
        List<Sample> written = of(experiment.other());
        return java.util.stream.IntStream.range(0, Math.min(neutral.size(), written.size()))
                .mapToDouble(i -> neutral.get(i).microseconds() / written.get(i).microseconds());
    }

    static double median(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        int half = sorted.length / 2;
        return sorted.length == 0
                ? Double.NaN
                : sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}
