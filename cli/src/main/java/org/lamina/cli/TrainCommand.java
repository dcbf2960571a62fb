package org.lamina.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.lamina.Backend;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.io.Safetensors;
import org.lamina.train.Batches;
import org.lamina.train.Loss;
import org.lamina.train.LossCurves;
import org.lamina.train.Optimizer;
import org.lamina.train.Trainer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lamina train}. */
@Command(
        name = "train",
        description =
                "Train a layer on the same batches on one backend or several, and write losses, weights and a chart.",
        footer = {
            "  lamina train layer.json --backend djl,tf --data digits.safetensors --seed 1 --loss cross-entropy \\",
            "      --optimizer sgd:lr=0.1 --batch 32 --steps 36 --output runs"
        })
final class TrainCommand implements Callable<Integer> {
    @Parameters(paramLabel = "LAYER", description = "A layer.json, or a bundle: a folder or a zip.")
    private Path layer = Path.of("");

    @Option(
            names = "--backend",
            required = true,
            split = ",",
            paramLabel = "B",
            description = "Backends, comma separated.")
    private List<String> backends = List.of();

    @Option(
            names = "--data",
            required = true,
            description = "Safetensors or npz with x (or x0, x1, ...) and labels (int64) or y.")
    private Path data = Path.of("");

    @Option(names = "--weights", description = "Safetensors or npz with the parameters to begin with.")
    private @Nullable Path weights;

    @Option(names = "--seed", description = "Draw the parameters from this seed.")
    private @Nullable Long seed;

    @Option(names = "--loss", required = true, description = "cross-entropy, mse, binary-cross-entropy, huber:delta=1.")
    private String loss = "";

    @Option(
            names = "--optimizer",
            required = true,
            description = "sgd:lr=, momentum:lr=,momentum=, adam:lr=, and others.")
    private String optimizer = "";

    @Option(
            names = "--batch",
            required = true,
            description = "Samples in a batch; batches are taken in order and wrap around.")
    private int batch;

    @Option(names = "--steps", required = true, description = "Steps to do.")
    private int steps;

    @Option(
            names = "--output",
            required = true,
            description = "Folder for losses.B.csv, weights.B.safetensors, losses.svg.")
    private Path output = Path.of("");

    TrainCommand() {}

    @Override
    public Integer call() throws IOException {
        LayerSource source = LayerSource.read(layer);
        Map<String, HostArray> given = Tensors.read(data);
        List<HostArray> inputs = Tensors.inputs(data, given);
        List<HostArray> samples = new ArrayList<>(inputs);
        samples.add(target(given, inputs));
        if (steps < 0) {
            throw new LaminaException(
                    ErrorCode.CONFIGURATION,
                    "--steps is " + steps + "; it must not be negative. Give a number of steps.");
        }
        Batches batches = Batches.inOrder(samples, batch);
        Loss made = Loss.parse(loss);
        Optimizer rule = Optimizer.parse(optimizer);
        Map<String, double[]> losses = new LinkedHashMap<>();
        Map<String, Safetensors> trained = new LinkedHashMap<>();
        for (String name : backends) {
            train(name, source, batches, made, rule, losses, trained);
        }
        write(losses, trained);
        return 0;
    }

    private HostArray target(Map<String, HostArray> given, List<HostArray> inputs) {
        HostArray labels = given.get("labels");
        HostArray y = given.get("y");
        if (labels != null) {
            return labels;
        }
        if (y == null) {
            throw new LaminaException(
                    ErrorCode.ARITY,
                    data + " holds " + given.keySet()
                            + " and neither labels nor y, so there is nothing to learn. Add one of them.");
        }
        return y.dtype().isFloating() ? y.cast(Tensors.width(inputs)) : y;
    }

    private void train(
            String name,
            LayerSource source,
            Batches batches,
            Loss made,
            Optimizer rule,
            Map<String, double[]> losses,
            Map<String, Safetensors> trained) {
        List<HostArray> first = batches.batch(0);
        List<HostArray> inputs = first.subList(0, first.size() - 1);
        double[] history = new double[steps];
        try (Backend backend = Backend.load(name)) {
            Model model = source.model(
                    backend,
                    Tensors.width(inputs),
                    inputs.stream().map(HostArray::type).toList(),
                    weights,
                    seed);
            try (Trainer trainer = Trainer.of(model, made, rule, seed == null ? 0 : seed)) {
                for (int step = 0; step < steps; step++) {
                    List<HostArray> samples = batches.batch(step);
                    history[step] =
                            trainer.step(samples.subList(0, samples.size() - 1), samples.get(samples.size() - 1));
                }
            }
            losses.put(name, history);
            trained.put(name, new Safetensors(model.parameters(), Map.of()));
        }
    }

    private void write(Map<String, double[]> losses, Map<String, Safetensors> trained) throws IOException {
        Files.createDirectories(output);
        losses.forEach((name, history) -> LossCurves.writeCsv(output.resolve("losses." + name + ".csv"), history));
        trained.forEach((name, values) -> values.write(output.resolve("weights." + name + ".safetensors")));
        LossCurves.writeSvg(output.resolve("losses.svg"), losses);
    }
}
