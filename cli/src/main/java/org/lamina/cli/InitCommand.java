package org.lamina.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.io.Safetensors;
import org.lamina.layer.Trace;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lamina init}. */
@Command(
        name = "init",
        description = "Draw a layer's parameters from a seed, the same bits on every machine. Needs no backend.",
        footer = {
            "  lamina init layer.json --input-shape 2,64 --seed 1 --output weights.safetensors",
            "  lamina init embedding.json --input-shape 2,5:int64 --seed 1 --output weights.safetensors"
        })
final class InitCommand implements Callable<Integer> {
    @Parameters(paramLabel = "LAYER", description = "A layer.json, or a bundle: a folder or a zip.")
    private Path layer = Path.of("");

    @Option(
            names = "--input-shape",
            required = true,
            description =
                    "Sizes of the input, comma separated; several inputs are separated by ';', a dtype follows ':'.")
    private String shapes = "";

    @Option(names = "--seed", required = true, description = "The seed.")
    private long seed;

    @Option(names = "--dtype", defaultValue = "float32", description = "float32 (the default) or float64.")
    private String dtype = "float32";

    @Option(names = "--output", required = true, description = "Safetensors to write.")
    private Path output = Path.of("");

    InitCommand() {}

    @Override
    public Integer call() {
        DType width = dtype(dtype);
        List<TensorType> inputs = new ArrayList<>();
        for (String shape : shapes.split(";", -1)) {
            inputs.add(type(shape, width));
        }
        Map<String, HostArray> drawn = new LinkedHashMap<>();
        Trace.of(LayerSource.read(layer).layer(), width, inputs, false)
                .declarations()
                .forEach((path, declaration) -> drawn.put(path, declaration.draw(seed)));
        new Safetensors(drawn, Map.of()).write(output);
        return 0;
    }

    /** The type of {@code 2,64} or {@code 2,5:int64}. */
    static TensorType type(String text, DType otherwise) {
        String[] parts = text.split(":", 2);
        String sizes = parts[0].trim();
        try {
            long[] shape = sizes.isEmpty()
                    ? new long[0]
                    : Arrays.stream(sizes.split(",", -1))
                            .map(String::trim)
                            .mapToLong(Long::parseLong)
                            .toArray();
            return new TensorType(parts.length == 2 ? dtype(parts[1]) : otherwise, Shape.of(shape));
        } catch (NumberFormatException e) {
            throw new LaminaException(
                    ErrorCode.SHAPE,
                    "input shape \"" + text + "\": \"" + sizes + "\" is no list of sizes. Write it as 2,64.",
                    e);
        }
    }

    private static DType dtype(String name) {
        for (DType dtype : DType.values()) {
            if (dtype.toString().equals(name.trim().toLowerCase(Locale.ROOT))) {
                return dtype;
            }
        }
        throw new LaminaException(
                ErrorCode.DTYPE, "there is no dtype \"" + name + "\". Use float32, float64, int32, int64 or bool.");
    }
}
