package org.lamina.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.lamina.layer.Declaration;
import org.lamina.layer.Trace;
import org.lamina.layer.TracedLayer;
import picocli.CommandLine.Option;

/** What a layer's parameters start with: a file, a seed, or what its bundle brings. */
final class WeightsOption {
    @Option(
            names = "--weights",
            paramLabel = "FILE",
            description = "The parameters by path: safetensors or npz. Floats are cast to the input's width.")
    private @Nullable Path weights;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Draw the parameters: the same seed gives the same bits on every backend.")
    private @Nullable Long seed;

    WeightsOption() {}

    /**
     * The values by path, floats in the given width.
     *
     * @throws LaminaException if the layer has parameters and nothing says what they are
     */
    static Map<String, HostArray> values(
            @Nullable WeightsOption option, LayerFile layer, List<TensorType> inputs, DType width) {
        if (option != null && option.weights != null) {
            return cast(ArrayFile.read(option.weights), width);
        }
        if (option != null && option.seed != null) {
            return draw(trace(layer, inputs, width), option.seed);
        }
        if (layer.weights() != null) {
            return cast(layer.weights(), width);
        }
        Map<String, Declaration> declarations = trace(layer, inputs, width).declarations();
        if (!declarations.isEmpty()) {
            throw new LaminaException(
                    ErrorCode.NOT_INITIALIZED,
                    layer.path() + " has the parameters " + String.join(", ", declarations.keySet())
                            + " and nothing says what they are, so nothing was run. Give --weights FILE or --seed N.");
        }
        return Map.of();
    }

    /** The seed, 0 if none is given. */
    static long seed(@Nullable WeightsOption option) {
        return option == null || option.seed == null ? 0 : option.seed;
    }

    /** The values that a seed draws. */
    static Map<String, HostArray> draw(TracedLayer traced, long seed) {
        Map<String, HostArray> values = new LinkedHashMap<>();
        traced.declarations().forEach((path, declaration) -> values.put(path, declaration.draw(seed)));
        return values;
    }

    private static TracedLayer trace(LayerFile layer, List<TensorType> inputs, DType width) {
        return Trace.of(layer.layer(), width, inputs, false);
    }

    private static Map<String, HostArray> cast(Map<String, HostArray> values, DType width) {
        Map<String, HostArray> cast = new LinkedHashMap<>();
        values.forEach((path, value) -> cast.put(path, value.dtype().isFloating() ? value.cast(width) : value));
        return cast;
    }
}
