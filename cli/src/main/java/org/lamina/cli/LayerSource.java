package org.lamina.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.TensorType;
import org.lamina.io.Bundle;
import org.lamina.io.LayerJson;
import org.lamina.layer.Layer;
import org.lamina.layer.Trace;

/**
 * The LAYER of a command.
 *
 * @param layer as the file describes it
 * @param weights a bundle's, or null
 */
record LayerSource(Layer layer, @Nullable Map<String, HostArray> weights) {
    /** Reads a layer.json, or a bundle, which is a folder or a zip. */
    static LayerSource read(Path path) {
        if (Files.isDirectory(path) || path.toString().endsWith(".zip")) {
            Bundle bundle = Bundle.read(path);
            return new LayerSource(bundle.layer(), bundle.weights().tensors());
        }
        return new LayerSource(LayerJson.standard().read(path), null);
    }

    /** The layer with the weights of a file, of the bundle, or drawn from a seed, in that order. */
    Model model(Backend backend, DType dtype, List<TensorType> inputs, @Nullable Path file, @Nullable Long seed) {
        Map<String, HostArray> given = file != null ? Tensors.read(file) : seed == null ? weights : null;
        Model model = backend.model(layer, dtype);
        if (given != null) {
            return model.initialize(inputs, cast(given, dtype));
        }
        if (seed == null
                && !Trace.of(layer, dtype, inputs, false).declarations().isEmpty()) {
            throw new LaminaException(
                    ErrorCode.NOT_INITIALIZED,
                    "the layer has parameters and no values for them were given, so nothing was run. Give --weights FILE, --seed N, or "
                            + "a bundle.");
        }
        return model.initialize(inputs, seed == null ? 0 : seed);
    }

    private static Map<String, HostArray> cast(Map<String, HostArray> arrays, DType dtype) {
        Map<String, HostArray> cast = new LinkedHashMap<>();
        arrays.forEach((name, array) -> cast.put(name, array.dtype().isFloating() ? array.cast(dtype) : array));
        return cast;
    }
}
