package org.lamina.conformance;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.lamina.DType;

/**
 * Something that a framework's own differentiation does otherwise than Lamina's.
 *
 * @param backend the backend's name
 * @param subject the primitive, composite or layer
 * @param cases the names of the cases, or {@code *} alone for all of the subject
 * @param dtypes in which of them
 * @param kind how it shows
 * @param rule the number of the rule in SPEC.md that the framework's derivative breaks
 * @param reason why the framework does it
 * @param link where that is known upstream, else the source that does it, or {@code none found}
 */
public record KnownDeviation(
        String backend,
        String subject,
        Set<String> cases,
        Set<DType> dtypes,
        Kind kind,
        String rule,
        String reason,
        String link) {
    /** How a deviation shows. */
    public enum Kind {
        /** It gives other numbers. */
        WRONG,
        /** It says that it cannot. */
        REFUSES,
        /** It ends or hangs the process, so it is never asked. */
        CRASHES;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** In the order of the file. */
    public KnownDeviation {
        cases = Collections.unmodifiableSet(new LinkedHashSet<>(cases));
        dtypes = Collections.unmodifiableSet(new LinkedHashSet<>(dtypes));
    }

    /** A row of a Markdown table. */
    String row() {
        String names = cases.contains("*") ? "all" : String.join("; ", cases);
        String types = dtypes.stream().map(DType::toString).collect(Collectors.joining(", "));
        String upstream = link.startsWith("http")
                ? "[" + link.replaceAll(".*?//[^/]+/", "").replaceAll("/blob/.*/", ": ") + "](" + link + ")"
                : link;
        return "| " + String.join(" | ", subject, names, types, kind.toString(), rule, reason, upstream) + " |\n";
    }

    boolean covers(String name, NativeCase given) {
        return backend.equals(name)
                && subject.equals(given.subject())
                && dtypes.contains(given.dtype())
                && (cases.contains("*") || cases.contains(given.name()));
    }
}
