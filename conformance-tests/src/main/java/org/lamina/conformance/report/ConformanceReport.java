package org.lamina.conformance.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.conformance.KnownError;
import org.lamina.conformance.KnownErrors;
import org.lamina.io.AtomicWrite;
import org.lamina.spi.BackendInfo;

/** The report of a conformance run. Immutable. */
public final class ConformanceReport {
    private final List<Check> checks;
    private final List<LossPicture> losses;
    private final Setting setting;
    private final KnownErrors known;
    private final List<Tables.Table> tables;

    ConformanceReport(
            List<Subject> subjects, List<Check> checks, List<LossPicture> losses, Setting setting, KnownErrors known) {
        this.known = known;
        this.checks = checks;
        this.losses = losses;
        this.setting = setting;
        this.tables = new Tables(checks, setting.backends()).of(subjects);
    }

    /** True if nothing is wrong. */
    public boolean passed() {
        return checks.stream().allMatch(Check::passed);
    }

    /** What was checked. */
    public List<Check> checks() {
        return checks;
    }

    /** What is wrong. */
    public List<Check> failures() {
        return checks.stream().filter(check -> !check.passed()).toList();
    }

    /** All cells: table by table, row by row, those of a backend beside each other. */
    public List<Cell> cells() {
        return tables.stream()
                .flatMap(table -> table.groups().stream())
                .flatMap(group -> group.rows().stream())
                .flatMap(row -> row.cells().stream())
                .toList();
    }

    /** What is known to be less accurate on the backends that were checked. */
    public List<KnownError> knownErrors() {
        List<String> names = setting.backends().stream().map(BackendInfo::name).toList();
        return known.all().stream()
                .filter(error -> names.contains(error.backend()))
                .toList();
    }

    Setting setting() {
        return setting;
    }

    List<LossPicture> losses() {
        return losses;
    }

    List<Tables.Table> tables() {
        return tables;
    }

    /** The outcome in a sentence without a full stop. */
    public String summary() {
        int wrong = failures().size();
        return wrong == 0
                ? String.format(
                        Locale.ROOT,
                        "all %d checks are right; the worst error takes %.0f %% of the derived tolerance",
                        checks.size(),
                        100 * worst())
                : wrong + " of " + checks.size() + " checks are wrong";
    }

    double worst() {
        return checks.stream().mapToDouble(Check::units).max().orElse(0);
    }

    /** A table for people: a header, then for each subject and dtype the worst error in ULPs on each backend. */
    public List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(new ArrayList<>(List.of("worst error in ULPs", "dtype")));
        setting.backends().forEach(backend -> rows.get(0).add(backend.name()));
        for (Tables.Table table : tables) {
            table.groups().forEach(group -> group.rows().forEach(row -> rows.add(Summaries.row(group, row))));
        }
        return rows;
    }

    /** What {@link #write} writes: texts by file name. */
    public Map<String, String> files() {
        Map<String, String> files = new LinkedHashMap<>();
        ReportPage page = new ReportPage(this);
        files.put("report.html", page.html());
        files.put("report.md", page.markdown());
        files.put("report.json", new ReportJson(this).text());
        files.put("junit.xml", page.junit());
        return files;
    }

    /** A page for a project's documents: states and classes of errors, the same on every machine that gives the same. */
    public String summaryPage() {
        return new SummaryPage(this).text();
    }

    /** Writes report.html, report.md, report.json and junit.xml, all or none, to a folder, which it makes. */
    public void write(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new LaminaException(
                    ErrorCode.FILE_ACCESS,
                    folder + ": the folder cannot be made (" + e + "), so no report was written. Choose another place.",
                    e);
        }
        Map<Path, AtomicWrite.Content> contents = new LinkedHashMap<>();
        files().forEach((name, text) ->
                contents.put(folder.resolve(name), out -> out.write(text.getBytes(StandardCharsets.UTF_8))));
        AtomicWrite.files(contents);
    }
}
