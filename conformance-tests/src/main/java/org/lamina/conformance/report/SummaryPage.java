package org.lamina.conformance.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.lamina.conformance.KnownDeviation;
import org.lamina.spi.BackendInfo;

/**
 * A report for the pages of a project: states, and errors in classes that are the same on every machine. It has no times and no
 * figures in the last place.
 */
record SummaryPage(ConformanceReport report) {
    private static final double HALF = 0.5;

    String text() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("backends", Summaries.backends(report));
        values.put("states", List.of(State.values()));
        values.put("sections", report.tables().stream().map(this::section).toList());
        values.put("reasons", Summaries.reasons(report));
        values.put("deviations", deviations());
        return Template.plain("conformance.md", values);
    }

    private record Table(Section section, List<List<String>> rows) {}

    private record Deviations(String backend, int count, String subjects) {}

    private Table section(Tables.Table table) {
        return new Table(table.section(), table.groups().stream().map(this::row).toList());
    }

    private List<String> row(Tables.Group group) {
        Subject subject = group.subject();
        List<String> row = new ArrayList<>();
        row.add(subject.name());
        if (subject.section() != Section.LAYERS) {
            row.add(subject.rule());
        }
        row.add(subject.dtypes().stream().map(Object::toString).collect(Collectors.joining(", ")));
        for (BackendInfo backend : report.setting().backends()) {
            row.add(text(group.rows().stream()
                    .flatMap(cells -> cells.cells().stream())
                    .filter(cell -> cell.place().backend().equals(backend.name()))
                    .toList()));
        }
        row.add(text(List.of(group.slope())));
        return row;
    }

    /** The state that says most, and of a pass the class of its worst error. */
    private static String text(List<Cell> cells) {
        for (State state : List.of(State.FAIL, State.UNTESTED, State.PASS, State.UNSUPPORTED)) {
            List<Cell> found =
                    cells.stream().filter(cell -> cell.state() == state).toList();
            if (!found.isEmpty()) {
                return state == State.PASS ? passed(found) : state.sign() + " " + state;
            }
        }
        return State.SKIPPED.sign() + " " + State.SKIPPED;
    }

    private static String passed(List<Cell> cells) {
        if (cells.stream().noneMatch(Cell::measured)) {
            return State.PASS.sign();
        }
        double units = cells.stream().mapToDouble(Cell::units).max().orElse(0);
        return State.PASS.sign() + " " + (units == 0 ? "exact" : units <= HALF ? "\u2264 \u00BD" : "\u2264 1");
    }

    private List<Deviations> deviations() {
        Map<String, List<KnownDeviation>> all = DeviationRow.of(report.setting().backends()).stream()
                .map(DeviationRow::known)
                .collect(Collectors.groupingBy(KnownDeviation::backend, LinkedHashMap::new, Collectors.toList()));
        return all.entrySet().stream()
                .map(backend -> new Deviations(
                        backend.getKey(),
                        backend.getValue().size(),
                        backend.getValue().stream()
                                .map(KnownDeviation::subject)
                                .distinct()
                                .collect(Collectors.joining(", "))))
                .toList();
    }
}
