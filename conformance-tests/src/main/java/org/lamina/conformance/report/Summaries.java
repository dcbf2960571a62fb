package org.lamina.conformance.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lamina.spi.BackendInfo;

/** Cells summed up. */
final class Summaries {
    private Summaries() {}

    /** How many cells of a backend are in a state, and where they begin and end on a bar of 1000. */
    record Count(State state, long count, double from, double width) {
        String formatted() {
            return Figures.count(count);
        }
    }

    /** What became of all cells of a backend. */
    record Backend(BackendInfo info, List<Count> counts, String worst, String dtypes) {}

    static List<Backend> backends(ConformanceReport report) {
        return report.setting().backends().stream()
                .map(info -> backend(info, report))
                .toList();
    }

    private static Backend backend(BackendInfo info, ConformanceReport report) {
        List<Cell> cells = report.cells().stream()
                .filter(cell -> cell.place().backend().equals(info.name()))
                .toList();
        Map<State, Long> states = new EnumMap<>(State.class);
        cells.forEach(cell -> states.merge(cell.state(), 1L, Long::sum));
        List<Count> counts = new ArrayList<>();
        double from = 0;
        for (State state : State.values()) {
            long count = states.getOrDefault(state, 0L);
            double width = cells.isEmpty() ? 0 : 1000.0 * count / cells.size();
            counts.add(new Count(state, count, from, width));
            from += width;
        }
        double worst = cells.stream().mapToDouble(Cell::units).max().orElse(0);
        String dtypes = info.dtypes().stream().sorted().map(Object::toString).collect(Collectors.joining(", "));
        return new Backend(info, counts, Figures.share(worst), dtypes);
    }

    /** Name, dtype, and on each backend the worst figure. */
    static List<String> row(Tables.Group group, Tables.Row row) {
        Map<String, List<Cell>> backends = row.cells().stream()
                .collect(
                        Collectors.groupingBy(cell -> cell.place().backend(), LinkedHashMap::new, Collectors.toList()));
        List<String> texts = new ArrayList<>(
                Arrays.asList(group.subject().name(), row.dtype().toString()));
        backends.values().forEach(cells -> texts.add(worst(cells)));
        return texts;
    }

    private static String worst(List<Cell> cells) {
        if (cells.stream().noneMatch(Cell::ran)) {
            return cells.get(0).state().toString();
        }
        String figure = Figures.ulps(
                cells.stream().mapToDouble(Cell::units).max().orElse(0),
                cells.stream().mapToDouble(Cell::ulps).max().orElse(0));
        return cells.stream().anyMatch(Cell::failed) ? figure + " FAIL" : figure;
    }

    /** The reasons of the cells in a state, each with what it is about. */
    static List<Reason> reasons(ConformanceReport report) {
        Stream<Cell> slopes = report.tables().stream()
                .flatMap(table -> table.groups().stream())
                .map(Tables.Group::slope);
        Map<List<String>, List<Cell>> reasons = Stream.concat(report.cells().stream(), slopes)
                .filter(cell -> !cell.ran())
                .collect(Collectors.groupingBy(
                        cell -> List.of(
                                cell.state().toString(), cell.place().column().toString(), cell.reason()),
                        LinkedHashMap::new,
                        Collectors.toList()));
        return reasons.entrySet().stream()
                .map(entry -> new Reason(
                        entry.getKey().get(0),
                        entry.getKey().get(1),
                        entry.getKey().get(2),
                        entry.getValue().size(),
                        entry.getValue().stream()
                                .map(cell -> cell.place().subject())
                                .distinct()
                                .collect(Collectors.joining(", "))))
                .toList();
    }

    /** Why cells are empty. */
    record Reason(String state, String column, String reason, int count, String subjects) {}
}
