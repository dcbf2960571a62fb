package org.lamina.cli;

import java.util.List;
import org.lamina.conformance.LayerResult;

/** The results of one backend, and what of it gave none. */
record ReportSuite(String name, List<LayerResult> results, List<ReportCell> missing) {
    int tests() {
        return results.size() + missing.size();
    }

    long failures() {
        return results.stream().filter(result -> !result.passed()).count();
    }

    int skipped() {
        return missing.size();
    }
}
