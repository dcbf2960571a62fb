package org.lamina.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.lamina.Backend;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures every network on every backend, the two sides in turn, and writes a table and a page with a chart. */
@Command(
        name = "lamina-bench",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Measures neutral models beside hand-written code of each framework.")
public final class Main implements Callable<Integer> {
    @Option(
            names = "--backend",
            split = ",",
            paramLabel = "NAME",
            description = "The backends to measure; all of the class path if none is named.")
    private List<String> backends = new ArrayList<>();

    @Option(
            names = "--network",
            split = ",",
            paramLabel = "NETWORK",
            description = "The networks to measure, of ${COMPLETION-CANDIDATES}; all if none is named.")
    private List<Network> networks = new ArrayList<>();

    @Option(names = "--only", paramLabel = "TEXT", description = "Measure what has this in its title, such as step.")
    private String only = "";

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "3",
            description = "How often the sides take turns, each time in a JVM of its own (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--iterations",
            paramLabel = "N",
            defaultValue = "5",
            description = "Iterations counted in each JVM, after as many that are not (${DEFAULT-VALUE}).")
    private int iterations;

    @Option(
            names = "--milliseconds",
            paramLabel = "N",
            defaultValue = "500",
            description = "The length of an iteration (${DEFAULT-VALUE}).")
    private int milliseconds;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            defaultValue = "benchmark-report",
            description = "Where performance.html, performance.md and JMH's log are written (${DEFAULT-VALUE}).")
    private Path output = Path.of("benchmark-report");

    private Main() {}

    /** Runs it; the exit code is 2 for a wrong command line. */
    public static void main(String... arguments) {
        System.exit(new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        Files.createDirectories(output);
        List<Measurement> measurements = new ArrayList<>();
        for (String backend : backends.isEmpty() ? Backend.available() : backends) {
            Experiment.on(backend).stream()
                    .filter(experiment -> networks.isEmpty() || networks.contains(experiment.network()))
                    .filter(experiment -> experiment.title().contains(only))
                    .forEach(experiment -> measurements.add(new Measurement(backend, experiment)));
        }
        Forks forks =
                new Forks(iterations, iterations, TimeValue.milliseconds(milliseconds), output.resolve("jmh.log"));
        System.out.println(Table.HEAD);
        for (Measurement measurement : measurements) {
            measure(forks, measurement);
            System.out.println(Table.row(measurement));
        }
        Page.write(output, measurements, rounds);
        return 0;
    }

    private void measure(Forks forks, Measurement measurement) {
        for (int round = 0; round < rounds; round++) {
            for (Side side : List.of(Side.NEUTRAL, measurement.experiment().other())) {
                measurement.add(side, forks.run(measurement.backend(), measurement.experiment(), side));
            }
        }
    }
}
