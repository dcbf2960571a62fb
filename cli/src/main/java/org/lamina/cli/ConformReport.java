package org.lamina.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.lamina.DType;
import org.lamina.conformance.LayerCheck;
import org.lamina.conformance.LayerResult;

/** The results of conform as a table of layers by backends, for a terminal and for files. */
final class ConformReport {
    private final List<LayerResult> results;
    private final List<String> backends;

    ConformReport(List<LayerResult> results) {
        this.results = results;
        this.backends = distinct(results.stream()
                .filter(result -> result.check() != LayerCheck.SLOPE)
                .map(LayerResult::backend));
    }

    private static List<String> distinct(Stream<String> names) {
        Set<String> distinct = new LinkedHashSet<>(names.toList());
        return List.copyOf(distinct);
    }

    boolean passed() {
        return results.stream().allMatch(LayerResult::passed);
    }

    void print(PrintWriter out) {
        Table table = new Table();
        rows().forEach(table::row);
        table.print(out);
        out.println();
        failures().forEach(out::println);
        out.println(summary());
        out.flush();
    }

    /** The header, then for each layer and dtype the worst error on each backend. */
    private List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        List<String> header = new ArrayList<>(List.of("worst error in ULPs", "dtype"));
        header.addAll(backends);
        rows.add(header);
        for (String layer : distinct(results.stream().map(LayerResult::layer))) {
            for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
                List<String> row = new ArrayList<>(List.of(layer, dtype.toString()));
                backends.forEach(backend -> row.add(cell(layer, dtype, backend)));
                rows.add(row);
            }
        }
        return rows;
    }

    private String cell(String layer, DType dtype, String backend) {
        List<LayerResult> cell = results.stream()
                .filter(result -> result.layer().equals(layer)
                        && result.dtype() == dtype
                        && result.backend().equals(backend))
                .toList();
        double worst = cell.stream().mapToDouble(LayerResult::ulps).max().orElse(0);
        boolean passed = cell.stream().allMatch(LayerResult::passed);
        String figure = Double.isInfinite(worst) ? "wrong" : String.format(Locale.ROOT, "%.2f", worst);
        return passed ? figure : figure + " FAIL";
    }

    private List<String> failures() {
        return results.stream()
                .filter(result -> !result.passed())
                .map(LayerResult::toString)
                .toList();
    }

    private String summary() {
        long wrong = results.stream().filter(result -> !result.passed()).count();
        double most = results.stream().mapToDouble(LayerResult::units).max().orElse(0);
        return wrong == 0
                ? String.format(
                        Locale.ROOT,
                        "all %d checks are right; the worst error takes %.0f %% of the derived tolerance",
                        results.size(),
                        100 * most)
                : wrong + " of " + results.size() + " checks are wrong";
    }

    /** Writes report.html, report.md, report.json and junit.xml, all or none. */
    void write(Path folder, ReportSetting setting) {
        ReportPage page = new ReportPage(results, setting);
        new OutputFiles()
                .add(folder.resolve("report.html"), page.html(summary()))
                .add(folder.resolve("report.md"), markdown())
                .add(folder.resolve("report.json"), new ReportJson(results, setting, page.cells()).text())
                .add(folder.resolve("junit.xml"), page.junit(summary()))
                .write();
    }

    private String markdown() {
        StringBuilder text = new StringBuilder("# Conformance of layers\n\n");
        List<List<String>> rows = rows();
        for (int i = 0; i < rows.size(); i++) {
            text.append("| ").append(String.join(" | ", rows.get(i))).append(" |\n");
            if (i == 0) {
                text.append("|---|---|").append("---:|".repeat(backends.size())).append('\n');
            }
        }
        text.append('\n').append(summary()).append(".\n");
        failures().forEach(failure -> text.append("\n- ").append(failure));
        return text.append('\n').toString();
    }
}
