package org.lamina.cli;

import com.samskivert.mustache.Mustache;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.lamina.DType;
import org.lamina.conformance.LayerResult;
import org.lamina.spi.BackendInfo;

/** A conformance report as the templates beside this class show it. */
final class ReportPage {
    private final List<LayerResult> results;
    private final ReportSetting setting;

    ReportPage(List<LayerResult> results, ReportSetting setting) {
        this.results = results;
        this.setting = setting;
    }

    /** The cells of a layer in a dtype, on all backends. */
    private record Row(String layer, DType dtype, List<ReportCell> cells) {}

    private List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (String layer : results.stream().map(LayerResult::layer).distinct().toList()) {
            for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
                List<ReportCell> cells = new ArrayList<>();
                setting.backends().forEach(backend -> cells.addAll(cells(layer, dtype, backend)));
                rows.add(new Row(layer, dtype, cells));
            }
        }
        return rows;
    }

    private List<ReportCell> cells(String layer, DType dtype, BackendInfo backend) {
        List<LayerResult> row = results.stream()
                .filter(result -> result.layer().equals(layer)
                        && result.dtype() == dtype
                        && result.backend().equals(backend.name()))
                .toList();
        boolean supported = backend.dtypes().contains(dtype);
        List<ReportCell> cells = new ArrayList<>();
        for (ReportColumn column : ReportColumn.values()) {
            cells.add(ReportCell.of(layer, dtype, backend.name(), column, row, supported));
        }
        return cells;
    }

    /** The cells of all layers, dtypes and backends. */
    List<ReportCell> cells() {
        return rows().stream().flatMap(row -> row.cells().stream()).toList();
    }

    private List<ReportSuite> suites() {
        List<ReportSuite> suites = new ArrayList<>();
        List<ReportCell> cells = cells();
        for (String backend :
                results.stream().map(LayerResult::backend).distinct().toList()) {
            suites.add(new ReportSuite(
                    backend,
                    results.stream()
                            .filter(result -> result.backend().equals(backend))
                            .toList(),
                    cells.stream()
                            .filter(cell -> cell.backend().equals(backend)
                                    && !List.of("pass", "fail").contains(cell.state()))
                            .toList()));
        }
        return suites;
    }

    private List<ErrorHistogram> histograms() {
        return results.stream()
                .map(LayerResult::backend)
                .distinct()
                .map(backend -> ErrorHistogram.of(backend, results))
                .toList();
    }

    String html(String summary) {
        return fill("report.html", summary);
    }

    String junit(String summary) {
        return fill("junit.xml", summary);
    }

    private String fill(String template, String summary) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("summary", summary);
        values.put("passed", results.stream().allMatch(LayerResult::passed));
        values.put("version", new Version().getVersion()[0]);
        values.put("setting", setting);
        values.put("machine", ReportSetting.machine());
        values.put("java", ReportSetting.java());
        values.put("columns", List.of(ReportColumn.values()));
        values.put("rows", rows());
        values.put("suites", suites());
        values.put("histograms", histograms());
        values.put(
                "failures", results.stream().filter(result -> !result.passed()).toList());
        return Mustache.compiler().escapeHTML(true).compile(text(template)).execute(values);
    }

    private static String text(String template) {
        String name = template + ".mustache";
        try (InputStream stream =
                Objects.requireNonNull(ReportPage.class.getResourceAsStream(name), name + " is missing")) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
