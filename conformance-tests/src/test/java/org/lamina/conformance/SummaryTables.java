package org.lamina.conformance;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Compares the summary of a run with one that was written before, perhaps on another machine, of which a run may have only some of
 * the backends. The class of an error may be another one: kernels that are chosen by the processor round otherwise.
 */
final class SummaryTables {
    private static final Pattern CLASS = Pattern.compile("\u2713 (exact|\u2264 \u00BD|\u2264 1)");
    private static final Pattern BAR = Pattern.compile(" *\\| *");

    private SummaryTables() {}

    static List<String> differences(String committed, String made) {
        Map<String, String> before = cells(committed);
        Map<String, String> now = cells(made);
        List<String> differences = new ArrayList<>();
        now.forEach((place, text) -> {
            String old = before.get(place);
            if (!agree(old, text)) {
                differences.add(
                        place + ": " + (old == null ? "is missing" : "says " + old) + ", this run gives " + text);
            }
        });
        if (differences.isEmpty()
                && now.keySet().equals(before.keySet())
                && !neutral(committed).equals(neutral(made))) {
            differences.add("the text around the tables");
        }
        if (differences.isEmpty() && backends(before) == backends(now) && before.size() != now.size()) {
            before.keySet().stream().filter(place -> !now.containsKey(place)).forEach(differences::add);
        }
        return differences;
    }

    private static long backends(Map<String, String> cells) {
        return cells.keySet().stream()
                .filter(place -> place.startsWith("Backends, ") && place.endsWith(", version"))
                .count();
    }

    private static boolean agree(@Nullable String old, String text) {
        return old != null && neutral(text).equals(neutral(old));
    }

    private static String neutral(String text) {
        return CLASS.matcher(text).replaceAll("\u2713");
    }

    /** The cells of all tables by heading, row and column. */
    private static Map<String, String> cells(String markdown) {
        Map<String, String> cells = new LinkedHashMap<>();
        String heading = "";
        List<String> columns = List.of();
        for (String line : markdown.lines().toList()) {
            if (line.startsWith("## ")) {
                heading = line.substring(3);
            }
            if (!line.startsWith("|")) {
                columns = List.of();
                continue;
            }
            List<String> row = Arrays.asList(BAR.split(line.substring(2), -1));
            if (columns.isEmpty()) {
                columns = row;
            }
            for (int i = 1; i < Math.min(row.size(), columns.size()) && !line.startsWith("|---"); i++) {
                cells.put(heading + ", " + row.get(0) + " " + nth(heading, row) + ", " + columns.get(i), row.get(i));
            }
        }
        return cells;
    }

    /** Reasons of empty cells are told apart by all that they are about. */
    private static String nth(String heading, List<String> row) {
        return heading.equals("What was not checked") ? String.join(" ", row.subList(1, row.size() - 1)) : "";
    }
}
