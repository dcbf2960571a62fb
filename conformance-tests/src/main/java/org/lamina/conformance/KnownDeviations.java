package org.lamina.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.lamina.DType;
import org.lamina.conformance.KnownDeviation.Kind;

/**
 * The list of {@link KnownDeviation}s in known-deviations.tsv: one a line, its fields in the order of the record, separated by
 * tabs; cases by {@code ;} and dtypes by spaces. The first line names the fields, and lines that start with # say more.
 *
 * @param all in the order of the file
 */
public record KnownDeviations(List<KnownDeviation> all) {
    private static final int FIELDS = 8;

    /** The list of this version of the kit. */
    public static KnownDeviations load() {
        try (InputStream stream = Objects.requireNonNull(
                KnownDeviations.class.getResourceAsStream("known-deviations.tsv"), "known-deviations.tsv is missing")) {
            return parse(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A list from its text. @throws IllegalArgumentException if a line has not all fields */
    static KnownDeviations parse(String text) {
        return new KnownDeviations(text.lines()
                .skip(1)
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(KnownDeviations::deviation)
                .toList());
    }

    private static KnownDeviation deviation(String line) {
        String[] fields = line.split("\t", -1);
        if (fields.length != FIELDS || Arrays.stream(fields).anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("not " + FIELDS + " fields: " + line);
        }
        return new KnownDeviation(
                fields[0],
                fields[1],
                new LinkedHashSet<>(List.of(fields[2].split("; *", -1))),
                Arrays.stream(fields[3].split(" ", -1))
                        .map(name -> DType.valueOf(name.toUpperCase(Locale.ROOT)))
                        .collect(Collectors.toCollection(LinkedHashSet::new)),
                Kind.valueOf(fields[4].toUpperCase(Locale.ROOT)),
                fields[5],
                fields[6],
                fields[7]);
    }

    /** The deviation that is listed for a case on a backend. @throws IllegalStateException if there are two */
    Optional<KnownDeviation> of(String backend, NativeCase given) {
        List<KnownDeviation> found = all.stream()
                .filter(deviation -> deviation.covers(backend, given))
                .toList();
        if (found.size() > 1) {
            throw new IllegalStateException(given + " on " + backend + " is listed twice: " + found);
        }
        return found.stream().findFirst();
    }

    /** The list for readers: one table for each backend. */
    public String markdown() {
        Map<String, List<KnownDeviation>> backends = all.stream()
                .collect(Collectors.groupingBy(KnownDeviation::backend, LinkedHashMap::new, Collectors.toList()));
        StringBuilder text = new StringBuilder();
        backends.forEach((backend, deviations) -> {
            text.append("\n## ").append(backend).append("\n\n");
            text.append("| what | case | dtypes | its own derivative | rule | reason | upstream |\n");
            text.append("|---|---|---|---|---|---|---|\n");
            deviations.forEach(deviation -> text.append(deviation.row()));
        });
        return text.toString();
    }
}
