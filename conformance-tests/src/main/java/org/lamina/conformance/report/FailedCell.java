package org.lamina.conformance.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;

/** What is wrong in one cell: the first of it, and the rest for who opens it. */
record FailedCell(List<Check> checks) {
    private static final int MOST = 20;

    static List<FailedCell> of(List<Check> failures) {
        return failures.stream()
                .collect(Collectors.groupingBy(Check::place, LinkedHashMap::new, Collectors.toList()))
                .values()
                .stream()
                .map(FailedCell::new)
                .toList();
    }

    Check first() {
        return checks.get(0);
    }

    boolean several() {
        return checks.size() > 1;
    }

    int others() {
        return checks.size() - 1;
    }

    List<Check> listed() {
        return checks.subList(1, Math.min(checks.size(), 1 + MOST));
    }

    boolean cut() {
        return others() > MOST;
    }
}
