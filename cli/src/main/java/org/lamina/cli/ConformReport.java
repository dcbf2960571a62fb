package org.lamina.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
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

/** The results of conform as a table of layers by backends, as Markdown and as JSON. */
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

    /** Writes report.md and report.json, both or none. */
    void write(Path folder) {
        new OutputFiles()
                .add(folder.resolve("report.md"), markdown())
                .add(folder.resolve("report.json"), json())
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

    private String json() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = Json.generator(text)) {
            json.writeStartObject();
            json.writeBooleanField("passed", passed());
            json.writeArrayFieldStart("results");
            for (LayerResult result : results) {
                write(result, json);
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a StringWriter does not fail", e);
        }
        return text.append('\n').toString();
    }

    private static void write(LayerResult result, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("layer", result.layer());
        json.writeStringField("backend", result.backend());
        json.writeStringField("dtype", result.dtype().toString());
        json.writeStringField("check", result.check().toString());
        json.writeStringField("rule", result.check().rule());
        json.writeBooleanField("passed", result.passed());
        if (Double.isFinite(result.units())) {
            json.writeNumberField("units", result.units());
            json.writeNumberField("ulps", result.ulps());
        }
        if (!result.passed()) {
            json.writeStringField("failure", result.failure());
        }
        json.writeEndObject();
    }
}
