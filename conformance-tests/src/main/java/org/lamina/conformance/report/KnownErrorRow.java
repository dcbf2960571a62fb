package org.lamina.conformance.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.lamina.DType;
import org.lamina.conformance.KnownError;

/** A known error as a report shows it. */
record KnownErrorRow(KnownError known) {
    static List<KnownErrorRow> of(List<KnownError> known) {
        return known.stream().map(KnownErrorRow::new).toList();
    }

    String dtypes() {
        return known.dtypes().stream().sorted().map(DType::toString).collect(Collectors.joining(", "));
    }

    /** For example {@code from 4,000 terms on}. */
    String bound() {
        return String.format(Locale.ROOT, "from %,d terms on", known.terms());
    }

    /** True if its link is an address. */
    boolean linked() {
        return known.link().startsWith("http");
    }
}
