package org.lamina.conformance.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lamina.DType;
import org.lamina.conformance.oracle.OracleProvider;
import org.lamina.spi.BackendInfo;

/** Puts checks into the cells of tables, and says of each empty cell why it is. */
final class Tables {
    /** The cells of a section, which has some. */
    record Table(Section section, List<Group> groups) {
        /** How many columns a backend has. */
        int width() {
            return section.columns().size();
        }
    }

    /** The rows of a subject, and the check of its derivative that needs no backend. */
    record Group(Subject subject, List<Row> rows, Cell slope) {
        int height() {
            return rows.size();
        }

        boolean ruled() {
            return !subject.rule().isEmpty();
        }

        boolean plain() {
            return rows.stream().flatMap(row -> row.cells().stream()).allMatch(cell -> cell.state() == State.PASS);
        }
    }

    /** The cells of a subject in a dtype, backend by backend. */
    record Row(DType dtype, List<Cell> cells) {}

    private final Map<Place, List<Check>> checks = new LinkedHashMap<>();
    private final List<BackendInfo> backends;

    Tables(List<Check> checks, List<BackendInfo> backends) {
        checks.forEach(check -> this.checks
                .computeIfAbsent(check.place(), place -> new ArrayList<>())
                .add(check));
        this.backends = backends;
    }

    List<Table> of(List<Subject> subjects) {
        return Arrays.stream(Section.values())
                .map(section -> new Table(
                        section,
                        subjects.stream()
                                .filter(subject -> subject.section() == section)
                                .map(this::group)
                                .toList()))
                .filter(table -> !table.groups().isEmpty())
                .toList();
    }

    private Group group(Subject subject) {
        List<Row> rows = subject.dtypes().stream()
                .map(dtype -> new Row(
                        dtype,
                        backends.stream()
                                .flatMap(backend -> cells(subject, dtype, backend).stream())
                                .toList()))
                .toList();
        return new Group(subject, rows, slope(subject, rows));
    }

    private List<Cell> cells(Subject subject, DType dtype, BackendInfo backend) {
        return subject.section().columns().stream()
                .map(column -> cell(
                        subject, new Place(subject.section(), subject.name(), backend.name(), dtype, column), backend))
                .toList();
    }

    private Cell cell(Subject subject, Place place, BackendInfo backend) {
        List<Check> found = at(place);
        if (!found.isEmpty()) {
            return Cell.of(place, found);
        }
        if (!backend.dtypes().contains(place.dtype())) {
            return Cell.without(place, State.UNSUPPORTED, backend.name() + " does not take " + place.dtype());
        }
        return subject.skipped(place.column(), place.dtype())
                .map(reason -> Cell.without(place, State.SKIPPED, reason))
                .orElseGet(() -> missing(place));
    }

    /** A layer that ran but is no batch has no other batch; what follows a failed run was not tested. */
    private Cell missing(Place place) {
        if (place.column() == Column.BATCH && !at(place.in(Column.SAVE_LOAD)).isEmpty()) {
            return Cell.without(place, State.SKIPPED, "its input is no batch that can be made smaller");
        }
        boolean began = place.section().columns().stream()
                .anyMatch(column -> !at(place.in(column)).isEmpty());
        return Cell.without(
                place, State.UNTESTED, began ? "the run did not get so far" : "this run has no check of it");
    }

    private Cell slope(Subject subject, List<Row> rows) {
        Place place = new Place(subject.section(), subject.name(), OracleProvider.NAME, DType.FLOAT64, Column.SLOPE);
        List<Check> found = at(place);
        if (!found.isEmpty()) {
            return Cell.of(place, found);
        }
        boolean ran = rows.stream().flatMap(row -> row.cells().stream()).anyMatch(Cell::ran);
        if (!ran) {
            return Cell.without(place, State.UNTESTED, "this run has no check of it");
        }
        String reason = subject.underived().values().stream()
                .findFirst()
                .orElse(
                        "its stop_gradient hides a slope that finite differences see, or it has nothing to differentiate by");
        return Cell.without(place, State.SKIPPED, reason);
    }

    private List<Check> at(Place place) {
        return checks.getOrDefault(place, List.of());
    }
}
