package org.lamina.conformance.report;

import java.util.List;

/** The checks on one backend, and the cells of it that have none. */
record Suite(String name, List<Check> checks, List<Cell> missing) {
    int tests() {
        return checks.size() + missing.size();
    }

    long failures() {
        return checks.stream().filter(check -> !check.passed()).count();
    }

    int skipped() {
        return missing.size();
    }
}
