package org.lamina.conformance.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A report as the templates show it. */
final class ReportPage {
    private final ConformanceReport report;
    private final Map<String, Object> values = new LinkedHashMap<>();

    ReportPage(ConformanceReport report) {
        this.report = report;
        int failures = report.failures().size();
        String checks = Figures.count(report.checks().size());
        values.put(
                "verdict",
                failures == 0 ? "All " + checks + " checks pass" : failures + " of " + checks + " checks fail");
        values.put("summary", report.summary());
        values.put("passed", report.passed());
        values.put("worst", Figures.share(report.worst()));
        values.put("setting", report.setting());
        values.put("machine", Setting.machine());
        values.put("java", Setting.java());
        values.put("states", List.of(State.values()));
        values.put("backends", Summaries.backends(report));
        values.put("tables", report.tables());
        values.put("reasons", Summaries.reasons(report));
        values.put("histograms", ErrorHistogram.all(report));
        values.put("losses", report.losses());
        values.put("failures", report.failures());
        values.put("failed", FailedCell.of(report.failures()));
        values.put("knownErrors", KnownErrorRow.of(report.knownErrors()));
        values.put("deviations", DeviationRow.of(report.setting().backends()));
    }

    String html() {
        return Template.markup("report.html", values);
    }

    String junit() {
        values.put("suites", suites());
        return Template.markup("junit.xml", values);
    }

    String markdown() {
        List<List<String>> rows = report.rows();
        values.put("bins", ErrorHistogram.labels());
        values.put("header", rows.get(0));
        values.put("rows", rows.subList(1, rows.size()));
        values.put("rules", rows.get(0).stream().skip(2).toList());
        return Template.plain("report.md", values);
    }

    private List<Suite> suites() {
        return report.checks().stream()
                .map(check -> check.place().backend())
                .distinct()
                .map(this::suite)
                .toList();
    }

    private Suite suite(String backend) {
        return new Suite(
                backend,
                report.checks().stream()
                        .filter(check -> check.place().backend().equals(backend))
                        .toList(),
                report.cells().stream()
                        .filter(cell -> !cell.ran() && cell.place().backend().equals(backend))
                        .toList());
    }
}
