package org.lamina.fuzz;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lamina.DType;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.io.Bundle;
import org.lamina.io.LayerJson;
import org.lamina.io.Npz;
import org.lamina.io.Safetensors;
import org.lamina.layer.Layer;
import org.lamina.layer.Trace;
import org.lamina.layers.BatchNorm;
import org.lamina.layers.Dense;
import org.lamina.layers.Embedding;
import org.lamina.layers.Lstm;
import org.lamina.layers.Sequential;
import org.lamina.port.ModelFormat;
import org.lamina.port.ModelFormats;
import org.lamina.train.Loss;
import org.lamina.train.Optimizer;

/** Everything that reads what others wrote. */
public final class Targets {
    private static final LayerJson JSON = LayerJson.standard();

    /** Layers whose weights are renamed, transposed, packed and split by the conventions. */
    private static final Layer LAYERS =
            Sequential.of(new Embedding(3, 2), new Lstm(2), new Dense(2), new BatchNorm(1e-3));

    /** Their input, so that none is looked for, which takes memory that no byte of a file accounts for. */
    private static final List<TensorType> INPUTS = List.of(new TensorType(DType.INT64, Shape.of(2, 3)));

    /** What the input of a traced layer may be. */
    private static final List<Shape> SHAPES =
            List.of(Shape.of(2, 3), Shape.of(2, 5, 4), Shape.of(2, 3, 8, 8), Shape.of(0, 3), Shape.scalar());

    private Targets() {}

    /** Prints the targets of this class path, one a line. */
    public static void main(String[] arguments) {
        all().forEach(target -> System.out.println(target.name()));
    }

    /** The targets of this class path; formats of an adapter are among them if it is there. */
    static List<Target> all() {
        List<Target> targets = new ArrayList<>(List.of(
                new Target("safetensors", (input, scratch) -> Safetensors.read(scratch.file("x", input))),
                new Target(
                        "safetensors-header",
                        (input, scratch) -> Safetensors.read(scratch.file("x", Headers.file(input)))),
                new Target("npy", (input, scratch) -> Npz.readArray(scratch.file("x.npy", input))),
                new Target("npz", (input, scratch) -> Npz.read(scratch.file("x.npz", input))),
                new Target("layer-json", Targets::layer),
                new Target("layer-trace", Targets::trace),
                new Target("bundle-archive", (input, scratch) -> read(scratch.file("x.zip", input))),
                new Target("bundle-folder", Targets::bundle),
                new Target("settings", Targets::settings),
                new Target("checkpoint", Targets::checkpoint)));
        ModelFormats.all().forEach(format -> targets.addAll(ofFormat(format)));
        return List.copyOf(targets);
    }

    static Target named(String name) {
        return all().stream()
                .filter(target -> target.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no target is called \"" + name + "\"; there are "
                        + all().stream().map(Target::name).toList()));
    }

    private static List<Target> ofFormat(ModelFormat format) {
        return switch (format.name()) {
            case "torch", "flax" ->
                List.of(new Target(
                        format.name(),
                        (input, scratch) ->
                                format.read(scratch.file("x.safetensors", Headers.file(input)), LAYERS, INPUTS)));
            case "keras" ->
                List.of(
                        new Target(
                                "keras",
                                (input, scratch) -> format.read(scratch.file("x.weights.h5", input), LAYERS, INPUTS)),
                        new Target(
                                "keras-archive",
                                (input, scratch) -> format.read(scratch.file("x.keras", input), LAYERS, INPUTS)));
            case "npz" ->
                List.of(new Target(
                        "npz-weights",
                        (input, scratch) -> format.read(scratch.zip("x.npz", Map.of("0.weight.npy", input)), LAYERS)));
            case "lamina" ->
                List.of(new Target("lamina", (input, scratch) -> format.read(scratch.file("x.zip", input), null)));
            case "dl4j" ->
                List.of(
                        new Target("dl4j", (input, scratch) -> format.read(dl4j(input, scratch), null)),
                        new Target(
                                "dl4j-archive", (input, scratch) -> format.read(scratch.file("x.zip", input), null)));
            case "djl" ->
                // DJL's own reader allocates shapes by numbers of the file; what fails then is refused.
                List.of(new Target(
                        "djl",
                        Integer.MAX_VALUE,
                        (input, scratch) -> format.read(scratch.file("x.params", input), LAYERS)));
            case "tf" -> List.of(new Target("tf", (input, scratch) -> format.read(savedModel(input, scratch), LAYERS)));
            default -> throw new IllegalStateException("say here how the format " + format.name() + " is fuzzed");
        };
    }

    private static void layer(byte[] input, Scratch scratch) {
        Layer layer = JSON.read(scratch.file("layer.json", input));
        String written = JSON.format(layer);
        if (!JSON.format(JSON.parse(written)).equals(written)) {
            throw new AssertionError("what was read is written and read as another layer: " + written);
        }
    }

    /** The first byte chooses the input. */
    private static void trace(byte[] input, Scratch scratch) {
        if (input.length > 0) {
            Layer layer = JSON.parse(new String(input, 1, input.length - 1, StandardCharsets.UTF_8));
            Shape shape = SHAPES.get((input[0] & 0xff) % SHAPES.size());
            Trace.of(layer, DType.FLOAT32, List.of(new TensorType(DType.FLOAT32, shape)), true);
        }
    }

    private static void read(Path path) {
        Bundle.read(path, JSON.registry());
    }

    private static void bundle(byte[] input, Scratch scratch) {
        List<byte[]> parts = Parts.of(input, 2);
        scratch.file("bundle/layer.json", parts.get(0));
        scratch.file("bundle/weights.safetensors", Headers.file(parts.get(1)));
        read(scratch.folder().resolve("bundle"));
    }

    /** The first line is an optimizer, the second a loss. */
    private static void settings(byte[] input, Scratch scratch) {
        List<byte[]> parts = Parts.of(input, 2);
        Optimizer.parse(new String(parts.get(0), StandardCharsets.UTF_8)).scalars(0.1, 1);
        Loss.parse(new String(parts.get(1), StandardCharsets.UTF_8));
    }

    private static void checkpoint(byte[] input, Scratch scratch) {
        TrainedModel.resume(scratch.file("x.safetensors", Headers.file(input)));
    }

    private static Path dl4j(byte[] input, Scratch scratch) {
        List<byte[]> parts = Parts.of(input, 2);
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("configuration.json", parts.get(0));
        entries.put("coefficients.bin", parts.get(1));
        return scratch.zip("x.zip", entries);
    }

    private static Path savedModel(byte[] input, Scratch scratch) {
        List<byte[]> parts = Parts.of(input, 3);
        scratch.file("model/saved_model.pb", parts.get(0));
        scratch.file("model/variables/variables.index", parts.get(1));
        scratch.file("model/variables/variables.data-00000-of-00001", parts.get(2));
        return scratch.folder().resolve("model");
    }
}
