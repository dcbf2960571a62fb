package org.lamina.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.lamina.conformance.ChapterLayers;
import org.lamina.conformance.LayerConformance;
import org.lamina.conformance.LibraryLayers;
import org.lamina.conformance.report.ConformanceReport;
import org.lamina.conformance.report.Setting;
import org.lamina.layer.Layer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lamina conform}. */
@Command(
        name = "conform",
        description = {
            "Check that layers give the same numbers on every backend: outputs, gradients, other batches, copies, saved and loaded "
                    + "weights, in float32 and float64, against a float64 oracle. Without --layer the layers of the book's "
                    + "chapter, on 1797 handwritten digits, on values from U[0, 1) and on 1.1 alone; a layer of your own on "
                    + "values from N(0, 1), U[0, 1) and 1000 + U[0, 1), on 1.1 alone, and on special values. Ends with 1 if "
                    + "anything is out of tolerance."
        },
        footer = {"  lamina conform", "  lamina conform --backend tf,djl --layer layer.json --report report"})
final class ConformCommand implements Callable<Integer> {
    private static final double MINUTE = 60_000;

    @Option(
            names = "--backend",
            paramLabel = "B",
            split = Backends.AFTER_COMMA,
            splitSynopsisLabel = ",",
            description = "The backends, with commas; all by default.")
    private @Nullable List<String> backends;

    @Option(
            names = "--layer",
            paramLabel = "LAYER",
            description = "A layer.json or a bundle of your own, instead of the chapter's layers.")
    private @Nullable Path layer;

    @Option(
            names = "--input-shape",
            paramLabel = "SHAPE",
            description = "What --layer takes, such as 2,64; found by trying if not given.")
    private @Nullable String inputShape;

    @Option(
            names = "--all",
            description =
                    "Check every layer that comes with Lamina too, every primitive op and every function made of them.")
    private boolean all;

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description = "Write report.html, report.md, report.json and junit.xml to this folder.")
    private @Nullable Path report;

    @Spec
    private CommandSpec spec;

    ConformCommand() {}

    @Override
    public Integer call() {
        if (all && layer != null) {
            throw new LaminaException(
                    ErrorCode.CONFIGURATION,
                    "--all and --layer exclude each other: one checks what comes with Lamina, the other a layer of your own. "
                            + "Nothing was run. Leave one of them out.");
        }
        if (report != null) {
            OutputFiles.requireWritable(report.resolve("report.json"));
        }
        ConformReport outcome = new ConformReport(checked());
        if (report != null) {
            outcome.write(report);
        }
        outcome.print(spec.commandLine().getOut());
        return outcome.report().passed() ? 0 : Failures.FAILED;
    }

    private ConformanceReport checked() {
        ConformRun run = new ConformRun(layers(), all);
        announce(run.milliseconds());
        try (LoadedBackends loaded = new LoadedBackends(Backends.chosenOrAll(backends));
                Progress progress = new Progress("checking", run.milliseconds())) {
            run.check(loaded.backends(), progress);
            return run.report(new Setting(
                    loaded.backends().stream().map(Backend::info).toList(),
                    run.seed(),
                    new Version().getVersion()[0],
                    typed()));
        }
    }

    /** Tells a person who looks on how long it takes, if that is more than a minute. */
    private void announce(long milliseconds) {
        long minutes = Math.round(milliseconds / (MINUTE * Runtime.getRuntime().availableProcessors()));
        if (minutes > 0 && Terminal.isInteractive()) {
            spec.commandLine()
                    .getErr()
                    .println("conform: the tolerances take about " + minutes + (minutes == 1 ? " minute" : " minutes"));
            spec.commandLine().getErr().flush();
        }
    }

    /** The command as it was typed, quoted where a shell needs it. */
    private String typed() {
        StringBuilder text = new StringBuilder(spec.root().name());
        for (String argument : spec.commandLine().getParseResult().originalArgs()) {
            boolean plain = argument.matches("[\\w@%+=:,./-]+");
            text.append(' ').append(plain ? argument : "'" + argument.replace("'", "'\\''") + "'");
        }
        return text.toString();
    }

    private List<LayerConformance> layers() {
        if (layer != null) {
            return List.of(own(layer));
        }
        List<LayerConformance> chapter = ChapterLayers.onDigits();
        return all
                ? Stream.concat(chapter.stream(), LibraryLayers.all().stream()).toList()
                : chapter;
    }

    private LayerConformance own(Path path) {
        LayerFile file = LayerFile.read(path);
        LayerConformance conformance = LayerConformance.of(String.valueOf(path.getFileName()), file::layer)
                .weights(file.weights());
        return inputShape == null ? conformance : conformance.on(types(inputShape, file.layer()));
    }

    private static TensorType[] types(String shape, Layer layer) {
        List<TensorType> types = InputTypes.of(shape, layer, DType.FLOAT32);
        if (types.stream().anyMatch(type -> type.shape().size() == 0)) {
            throw new LaminaException(
                    ErrorCode.SHAPE,
                    "--input-shape " + shape
                            + " has no elements, so no number would be compared. Nothing was run. Give at "
                            + "least one element.");
        }
        return types.toArray(TensorType[]::new);
    }
}
