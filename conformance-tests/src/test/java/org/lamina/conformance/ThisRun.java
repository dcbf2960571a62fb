package org.lamina.conformance;

import java.util.List;
import java.util.stream.Stream;
import org.lamina.Backend;
import org.lamina.conformance.oracle.OracleProvider;
import org.lamina.conformance.report.Collector;
import org.lamina.conformance.report.ConformanceReport;
import org.lamina.conformance.report.Setting;
import org.lamina.conformance.report.Subject;
import org.lamina.spi.BackendInfo;

/** What the tests of this run gave for its report. */
final class ThisRun {
    static final Collector COLLECTOR = new Collector();

    private ThisRun() {}

    /** The report of all that ran so far, with cells for all that there is. */
    static ConformanceReport report() {
        List<Subject> subjects = Stream.of(
                        Subject.layers(ChapterLayers.onDigits()),
                        Subject.layers(LibraryLayers.all()),
                        Subject.composites(),
                        Subject.primitives())
                .flatMap(List::stream)
                .toList();
        return COLLECTOR.report(subjects, setting());
    }

    private static Setting setting() {
        List<BackendInfo> backends = Backend.available().stream()
                .filter(name -> !name.equals(OracleProvider.NAME))
                .map(ThisRun::info)
                .toList();
        long seed = ChapterLayers.onDigits().get(0).seed();
        String version = System.getProperty("lamina.version", "unknown");
        return new Setting(backends, seed, "lamina " + version, "mvn verify");
    }

    private static BackendInfo info(String name) {
        try (Backend backend = Backend.load(name)) {
            return backend.info();
        }
    }
}
