package org.lamina.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.lamina.Backend;
import org.lamina.HostArray;
import org.lamina.Model;
import org.lamina.conformance.InputKind;
import org.lamina.conformance.LayerConformance;
import org.lamina.conformance.LayerResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lamina chapter}. */
@Command(
        name = "chapter",
        description = {
            "Run section 6.5, \"Custom Layers\", of Dive into Deep Learning step by step on every backend side by side, and say how "
                    + "far they agree. Ends with 1 if they do not."
        },
        footer = {"  lamina chapter", "  lamina chapter --backend tf,djl"})
final class ChapterCommand implements Callable<Integer> {
    @Option(
            names = "--backend",
            paramLabel = "B",
            split = Backends.AFTER_COMMA,
            splitSynopsisLabel = ",",
            description = "The backends, with commas; all by default.")
    private @Nullable List<String> backends;

    @Spec
    private CommandSpec spec;

    ChapterCommand() {}

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        boolean agreed = true;
        try (LoadedBackends loaded = new LoadedBackends(Backends.chosenOrAll(backends))) {
            for (ChapterStep step : ChapterSteps.all()) {
                if (!step.heading().isEmpty()) {
                    out.println(step.heading() + System.lineSeparator());
                }
                out.println("  " + step.code());
                show(step, loaded.backends(), out);
                agreed &= compare(step, loaded.backends(), out);
                out.println();
            }
        }
        out.println(agreed ? "All backends agree." : "Backends differ: see above.");
        out.flush();
        return agreed ? 0 : Failures.FAILED;
    }

    /** A line for each backend, or one for several that give the same digits. */
    private static void show(ChapterStep step, List<Backend> backends, PrintWriter out) {
        Map<String, List<String>> names = new LinkedHashMap<>();
        for (Backend backend : backends) {
            names.computeIfAbsent(run(step, backend), text -> new ArrayList<>())
                    .add(backend.info().name());
        }
        Table table = new Table();
        names.forEach((text, same) -> table.row("    " + String.join(", ", same), text));
        table.print(out);
    }

    private static String run(ChapterStep step, Backend backend) {
        try (Model model = backend.model(step.layer().get())) {
            HostArray y = model.initializeWithOutput(step.input(), ChapterSteps.SEED);
            return step.shown().apply(model, y);
        }
    }

    /**
     * Checks the step's layer with the conformance kit: outputs, gradients, another batch, clone, save and load; on the step's input,
     * of which some have sums that never round, and on two kinds of inputs whose sums do.
     */
    private static boolean compare(ChapterStep step, List<Backend> backends, PrintWriter out) {
        List<LayerResult> results = LayerConformance.of(step.layer())
                .on(step.input())
                .kinds(InputKind.GIVEN, InputKind.UNIFORM, InputKind.CONSTANT)
                .seed(ChapterSteps.SEED)
                .results(backends);
        List<LayerResult> wrong =
                results.stream().filter(result -> !result.passed()).toList();
        wrong.forEach(result -> out.println("    " + result));
        if (wrong.isEmpty()) {
            double ulps = results.stream().mapToDouble(LayerResult::ulps).max().orElse(0);
            double units =
                    results.stream().mapToDouble(LayerResult::units).max().orElse(0);
            out.println(String.format(
                    Locale.ROOT,
                    "    agreement: within %.2f ULPs of the float64 oracle, %.0f %% of the tolerance, on this input, on U[0, 1) and on 1.1 "
                            + "alone; gradients, clone, save and load too",
                    ulps,
                    100 * units));
        }
        return wrong.isEmpty();
    }
}
