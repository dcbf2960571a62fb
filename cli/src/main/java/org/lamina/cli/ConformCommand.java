package org.lamina.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.lamina.Backend;
import org.lamina.conformance.ChapterLayers;
import org.lamina.conformance.LayerConformance;
import org.lamina.conformance.LayerResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lamina conform}. */
@Command(
        name = "conform",
        description = {
            "Check layers on backends against the float64 oracle: the chapter's layers on handwritten digits, or a layer of yours.",
            "A cell is the worst error in units in the last place; exit code 1 if any is out of its derived tolerance."
        },
        footer = {"  lamina conform", "  lamina conform --backend djl,tf --layer layer.json"})
final class ConformCommand implements Callable<Integer> {
    private static final String REFERENCE = "reference";

    @Option(
            names = "--backend",
            split = ",",
            paramLabel = "B",
            description = "Backends, comma separated; all by default.")
    private List<String> names = List.of();

    @Option(
            names = "--layer",
            paramLabel = "LAYER",
            description = "A layer.json or a bundle, instead of the chapter's layers.")
    private @Nullable Path layer;

    @Spec
    private CommandSpec spec;

    ConformCommand() {}

    @Override
    public Integer call() {
        List<String> chosen = names.isEmpty()
                ? Backend.available().stream()
                        .filter(name -> !name.equals(REFERENCE))
                        .toList()
                : names;
        PrintWriter out = spec.commandLine().getOut();
        List<Backend> backends = new ArrayList<>();
        try {
            for (String name : chosen) {
                backends.add(Backend.load(name));
            }
            Map<String, List<LayerResult>> results = new LinkedHashMap<>();
            for (LayerConformance subject : layers()) {
                results.put(subject.name(), subject.results(backends));
            }
            return print(results, chosen, out);
        } finally {
            backends.forEach(Backend::close);
            out.flush();
        }
    }

    private List<LayerConformance> layers() {
        if (layer == null) {
            return ChapterLayers.onDigits();
        }
        LayerSource source = LayerSource.read(layer);
        return List.of(LayerConformance.of(String.valueOf(layer.getFileName()), source::layer)
                .weights(source.weights()));
    }

    private static int print(Map<String, List<LayerResult>> results, List<String> backends, PrintWriter out) {
        List<String> head = new ArrayList<>(List.of("layer"));
        head.addAll(backends);
        Table table = new Table().row(head);
        results.forEach((name, all) -> {
            List<String> row = new ArrayList<>(List.of(name));
            backends.forEach(backend -> row.add(cell(all, backend)));
            table.row(row);
        });
        table.print(out);
        List<LayerResult> failed = results.values().stream()
                .flatMap(List::stream)
                .filter(result -> !result.passed())
                .toList();
        long checks = results.values().stream().mapToLong(List::size).sum();
        out.println();
        out.println("Worst error in ULPs against the float64 oracle, over float32 and float64, outputs and gradients.");
        failed.forEach(out::println);
        out.println(
                failed.isEmpty()
                        ? "All " + checks + " checks are within their derived tolerance."
                        : failed.size() + " of " + checks + " checks failed.");
        return failed.isEmpty() ? 0 : Failures.FAILED;
    }

    private static String cell(List<LayerResult> results, String backend) {
        List<LayerResult> own = results.stream()
                .filter(result -> result.backend().equals(backend))
                .toList();
        double worst = own.stream().mapToDouble(LayerResult::ulps).max().orElse(0);
        boolean passed = own.stream().allMatch(LayerResult::passed);
        return String.format(Locale.ROOT, "%.2f%s", worst, passed ? "" : " FAIL");
    }
}
