package org.lamina.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.lamina.DType;

/**
 * The list of {@link KnownError}s in known-errors.tsv: one a line, its fields in the order of the record, separated by tabs; dtypes by
 * spaces. The first line names the fields, and lines that start with # say more.
 *
 * @param all in the order of the file
 */
public record KnownErrors(List<KnownError> all) {
    private static final int FIELDS = 6;

    /** The list of this version of the kit. */
    private static final KnownErrors LIST = read();

    /** Copies. */
    public KnownErrors {
        all = List.copyOf(all);
    }

    /** The list of this version of the kit. */
    public static KnownErrors load() {
        return LIST;
    }

    private static KnownErrors read() {
        try (InputStream stream = Objects.requireNonNull(
                KnownErrors.class.getResourceAsStream("known-errors.tsv"), "known-errors.tsv is missing")) {
            return parse(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A list from its text. @throws IllegalArgumentException if a line has not all fields */
    static KnownErrors parse(String text) {
        return new KnownErrors(text.lines()
                .skip(1)
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(KnownErrors::error)
                .toList());
    }

    private static KnownError error(String line) {
        String[] fields = line.split("\t", -1);
        if (fields.length != FIELDS || Arrays.stream(fields).anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("not " + FIELDS + " fields: " + line);
        }
        return new KnownError(
                fields[0],
                fields[1],
                Arrays.stream(fields[2].split(" ", -1))
                        .map(name -> DType.valueOf(name.toUpperCase(Locale.ROOT)))
                        .collect(Collectors.toSet()),
                Long.parseLong(fields[3]),
                fields[4],
                fields[5]);
    }

    /** For each op that a backend computes so in a dtype, from how many terms on. */
    Map<String, Long> sequential(String backend, DType dtype) {
        return all.stream()
                .filter(error ->
                        error.backend().equals(backend) && error.dtypes().contains(dtype))
                .collect(Collectors.toMap(KnownError::op, KnownError::terms));
    }
}
