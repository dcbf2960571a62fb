package org.lamina.benchmarks;

import com.samskivert.mustache.Mustache;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** The results as a page with a chart, which needs no network, and as Markdown. */
final class Page {
    /** The width of the chart at which both sides are equally fast. */
    private static final double EVEN = 300;

    private Page() {}

    static void write(Path folder, List<Measurement> measurements, int rounds) throws IOException {
        Map<String, Object> content = content(measurements, rounds);
        for (String name : List.of("performance.html", "performance.md")) {
            boolean html = name.endsWith(".html");
            String text =
                    Mustache.compiler().escapeHTML(html).compile(template(name)).execute(content);
            Path part = folder.resolve(name + ".part");
            Files.writeString(part, text);
            Files.move(part, folder.resolve(name), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static String template(String name) throws IOException {
        try (InputStream stream = Objects.requireNonNull(Page.class.getResourceAsStream(name + ".mustache"), name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Map<String, Object> content(List<Measurement> measurements, int rounds) {
        Map<String, List<Map<String, Object>>> byBackend = new LinkedHashMap<>();
        for (Measurement measurement : measurements) {
            List<Map<String, Object>> rows =
                    byBackend.computeIfAbsent(measurement.backend(), name -> new ArrayList<>());
            rows.add(row(measurement, rows.size()));
        }
        List<Map<String, Object>> backends = new ArrayList<>();
        byBackend.forEach((name, rows) ->
                backends.add(Map.of("name", name, "rows", rows, "height", 24 * rows.size() + 30, "even", EVEN)));
        return Map.of(
                "backends",
                backends,
                "rounds",
                rounds,
                "java",
                Runtime.version().toString(),
                "system",
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                "processors",
                Runtime.getRuntime().availableProcessors());
    }

    private static Map<String, Object> row(Measurement measurement, int position) {
        Experiment experiment = measurement.experiment();
        double ratio = measurement.ratio();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("network", experiment.network());
        row.put("call", experiment.title());
        row.put("neutral", number("%.1f", measurement.microseconds(Side.NEUTRAL)));
        row.put("written", number("%.1f", measurement.microseconds(experiment.other())));
        row.put("ratio", number("%.2f", ratio));
        row.put("least", number("%.2f", measurement.leastRatio()));
        row.put("most", number("%.2f", measurement.mostRatio()));
        row.put("goal", number("%.2f", experiment.goal()));
        row.put("met", ratio <= experiment.goal());
        row.put("allocated", number("%.0f", measurement.allocated(Side.NEUTRAL)));
        row.put("allocatedWritten", number("%.0f", measurement.allocated(experiment.other())));
        row.put("resident", number("%.0f", measurement.resident(Side.NEUTRAL)));
        row.put("residentWritten", number("%.0f", measurement.resident(experiment.other())));
        row.put("y", 24 * position + 24);
        row.put("bar", number("%.1f", Math.min(ratio, 2) * EVEN));
        row.put("mark", number("%.1f", experiment.goal() * EVEN));
        return row;
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
