package org.lamina.benchmarks;

import java.util.Locale;

/** The table on a terminal. */
final class Table {
    static final String HEAD = String.format(
            Locale.ROOT,
            "%-9s %-12s %-27s %11s %11s %6s  %-11s %5s  %9s %9s  %5s %5s",
            "backend",
            "network",
            "call",
            "lamina µs",
            "by hand µs",
            "ratio",
            "of rounds",
            "goal",
            "B/call",
            "by hand",
            "MiB",
            "hand");

    private Table() {}

    static String row(Measurement measurement) {
        Experiment experiment = measurement.experiment();
        return String.format(
                Locale.ROOT,
                "%-9s %-12s %-27s %11.1f %11.1f %6.2f  %4.2f - %4.2f %5.2f  %9.0f %9.0f  %5.0f %5.0f",
                measurement.backend(),
                experiment.network(),
                experiment.title(),
                measurement.microseconds(Side.NEUTRAL),
                measurement.microseconds(experiment.other()),
                measurement.ratio(),
                measurement.leastRatio(),
                measurement.mostRatio(),
                experiment.goal(),
                measurement.allocated(Side.NEUTRAL),
                measurement.allocated(experiment.other()),
                measurement.resident(Side.NEUTRAL),
                measurement.resident(experiment.other()));
    }
}
