package org.lamina.conformance.report;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.lamina.DType;
import org.lamina.conformance.KnownDeviation;
import org.lamina.conformance.KnownDeviations;
import org.lamina.spi.BackendInfo;

/** A known deviation as a report shows it. */
record DeviationRow(KnownDeviation known) {
    private static final Pattern ISSUE = Pattern.compile("https://github\\.com/[^/]+/([^/]+)/(?:issues|pull)/(\\d+).*");
    private static final Pattern HOST = Pattern.compile("https?://([^/]+)/.*?([^/]*)");

    /** Those of the backends that were checked. */
    static List<DeviationRow> of(List<BackendInfo> backends) {
        List<String> names = backends.stream().map(BackendInfo::name).toList();
        return KnownDeviations.load().all().stream()
                .filter(deviation -> names.contains(deviation.backend()))
                .map(DeviationRow::new)
                .toList();
    }

    String cases() {
        return known.cases().contains("*") ? "all" : String.join("; ", known.cases());
    }

    String dtypes() {
        return known.dtypes().stream().map(DType::toString).collect(Collectors.joining(", "));
    }

    /** True if its link is an address. */
    boolean linked() {
        return known.link().startsWith("http");
    }

    /** What the link says: {@code pytorch#56734}. */
    String upstream() {
        Matcher issue = ISSUE.matcher(known.link());
        if (issue.matches()) {
            return issue.group(1) + "#" + issue.group(2);
        }
        Matcher other = HOST.matcher(known.link());
        return other.matches() ? other.group(2).isEmpty() ? other.group(1) : other.group(2) : known.link();
    }
}
