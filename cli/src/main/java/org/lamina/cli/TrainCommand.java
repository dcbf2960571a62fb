package org.lamina.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.Width;
import org.lamina.io.Bundle;
import org.lamina.train.Batches;
import org.lamina.train.Loss;
import org.lamina.train.LossCurves;
import org.lamina.train.Optimizer;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lamina train}. */
@Command(
        name = "train",
        description = {
            "Train a layer on one backend or several, each from the same weights. The data file holds x, or x0, x1, ..., and "
                    + "labels (int64) or y; batches are taken in order and wrap around. DIR gets losses.<backend>.csv, the loss "
                    + "before each step, weights.<backend>.safetensors, and losses.svg. Prints first and last loss."
        },
        footer = {
            "  lamina train net.json --backend tf,djl --data data.safetensors --seed 1 \\",
            "      --loss cross-entropy --optimizer sgd:lr=0.1 --batch 32 --steps 200 \\",
            "      --output trained"
        })
final class TrainCommand implements Callable<Integer> {
    @Parameters(paramLabel = "LAYER", description = "A layer.json or a bundle (a folder or a zip).")
    private Path layer;

    @Option(
            names = "--backend",
            paramLabel = "B",
            split = Backends.AFTER_COMMA,
            splitSynopsisLabel = ",",
            description = "The backends, with commas.")
    private @Nullable List<String> backends;

    @Option(names = "--data", paramLabel = "FILE", required = true, description = "The samples: safetensors or npz.")
    private Path data;

    @ArgGroup
    private @Nullable WeightsOption weights;

    @Option(
            names = "--dtype",
            paramLabel = "DTYPE",
            converter = FloatingDType.class,
            description =
                    "float32 or float64: the width to work in; without it that of x, else of the weights, else of y.")
    private @Nullable DType dtype;

    @Option(
            names = "--loss",
            paramLabel = "LOSS",
            required = true,
            description = "cross-entropy (of integer labels), mse, binary-cross-entropy, huber:delta=1.")
    private String loss;

    @Option(
            names = "--optimizer",
            paramLabel = "OPTIMIZER",
            required = true,
            description = "sgd:lr=0.1, momentum:lr=0.1,momentum=0.9, nesterov, adam:lr=0.001, adamw, rmsprop, adagrad.")
    private String optimizer;

    @Option(
            names = "--batch",
            paramLabel = "N",
            required = true,
            converter = CountConverter.class,
            description = "The samples of a step.")
    private int batch;

    @Option(
            names = "--steps",
            paramLabel = "N",
            required = true,
            converter = CountConverter.class,
            description = "The number of steps.")
    private int steps;

    @Option(names = "--output", paramLabel = "DIR", required = true, description = "The folder for losses and weights.")
    private Path output;

    @Option(
            names = "--test",
            paramLabel = "FILE",
            description = "Samples kept from training, as in --data: prints how well each backend does on them.")
    private @Nullable Path test;

    @Option(
            names = "--tolerance",
            description =
                    "Also derive in which band a correct backend's losses lie, draw it into losses.svg, and end with 1 "
                            + "if a backend leaves it. Trains the float64 oracle many times, so it is slow.")
    private boolean tolerance;

    @Spec
    private CommandSpec spec;

    TrainCommand() {}

    @Override
    public Integer call() {
        List<String> names = Backends.chosen(backends);
        OutputFiles.requireWritable(output.resolve("losses.svg"));
        TrainingRun run = run();
        TrainingData samples =
                test == null ? null : TrainingData.read(test, loss).in(run.width());
        Map<String, double[]> curves = new LinkedHashMap<>();
        TrainingTable table = new TrainingTable(samples);
        OutputFiles files = new OutputFiles();
        try (Progress progress = new Progress("training", (long) steps * names.size())) {
            for (String name : names) {
                run.on(name, progress, (model, losses) -> {
                    curves.put(name, losses);
                    files.add(OutputFiles.of(output.resolve("losses.csv"), name), LossCurves.csv(losses));
                    files.add(
                            OutputFiles.of(output.resolve("weights.safetensors"), name),
                            Bundle.of(model).weights());
                    table.add(name, losses, model);
                });
            }
        }
        LossCurves.Band band = tolerance ? run.tolerance() : null;
        files.add(output.resolve("losses.svg"), LossCurves.svg(curves, band));
        files.write();
        boolean within = band == null || table.check(band, curves);
        table.print(spec.commandLine().getOut());
        if (!run.frozen().isEmpty()) {
            spec.commandLine().getOut().println("not trained, being frozen: " + String.join(", ", run.frozen()));
            spec.commandLine().getOut().flush();
        }
        return within ? 0 : Failures.FAILED;
    }

    private TrainingRun run() {
        Loss made = Loss.parse(loss);
        Optimizer rule = Optimizer.parse(optimizer);
        TrainingData file = TrainingData.read(data, loss);
        LayerFile source = LayerFile.read(layer);
        StartingWeights start = WeightsOption.read(weights, source);
        DType width = dtype != null
                ? dtype
                : Width.of(
                        file.file().dtypes(),
                        start.dtypes(),
                        List.of(file.target().dtype()));
        TrainingData samples = file.in(width);
        Batches batches = Batches.inOrder(samples.arrays(), batch);
        return new TrainingRun(
                source,
                start.values(samples.types(batches), width),
                start.frozen(),
                width,
                samples,
                batches,
                made,
                rule,
                steps,
                start.seedOrZero());
    }
}
