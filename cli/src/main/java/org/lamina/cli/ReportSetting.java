package org.lamina.cli;

import java.util.List;
import org.lamina.conformance.KnownDeviation;
import org.lamina.conformance.KnownDeviations;
import org.lamina.spi.BackendInfo;

/**
 * What results were made with.
 *
 * @param backends what was checked
 * @param seed what values were drawn with
 */
record ReportSetting(List<BackendInfo> backends, long seed) {
    static String machine() {
        return System.getProperty("os.name") + " " + System.getProperty("os.arch") + ", "
                + Runtime.getRuntime().availableProcessors() + " processors";
    }

    static String java() {
        return System.getProperty("java.vm.name") + " " + System.getProperty("java.version");
    }

    List<Deviation> deviations() {
        List<String> names = backends.stream().map(BackendInfo::name).toList();
        return KnownDeviations.load().all().stream()
                .filter(deviation -> names.contains(deviation.backend()))
                .map(deviation -> new Deviation(deviation, deviation.link().startsWith("http")))
                .toList();
    }

    /** @param linked true if its link is an address */
    record Deviation(KnownDeviation known, boolean linked) {
        String cases() {
            return known.cases().contains("*") ? "all" : String.join("; ", known.cases());
        }
    }
}
