package org.lamina.cli;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.lamina.Width;
import org.lamina.layer.Declaration;
import org.lamina.layer.Trace;
import org.lamina.layer.TracedLayer;

/**
 * What a layer's parameters start with.
 *
 * @param layer whose they are
 * @param given by path: those of a file or a bundle, null if there are none or they are drawn
 * @param seed to draw them by, null for none
 * @param ofFile the paths that a file of weights calls frozen
 */
record StartingWeights(
        LayerFile layer,
        @Nullable Map<String, HostArray> given,
        @Nullable Long seed,
        Set<String> ofFile) {
    /** The dtypes of what is given. */
    List<DType> dtypes() {
        return given == null ? List.of() : Width.dtypes(given.values());
    }

    /** The paths to keep from training: those of the bundle, and those of the file of weights. */
    Set<String> frozen() {
        Set<String> frozen = new LinkedHashSet<>(layer.frozen());
        frozen.addAll(ofFile);
        return frozen;
    }

    /** The seed, 0 if none is given. */
    long seedOrZero() {
        return seed == null ? 0 : seed;
    }

    /**
     * The values by path, floats in the given width.
     *
     * @throws LaminaException if the layer has parameters and nothing says what they are
     */
    Map<String, HostArray> values(List<TensorType> inputs, DType width) {
        if (given != null) {
            Map<String, HostArray> cast = new LinkedHashMap<>();
            given.forEach(
                    (path, value) -> cast.put(path, Width.cast(value, width, layer.path() + ", parameter " + path)));
            return cast;
        }
        TracedLayer traced = Trace.of(layer.layer(), width, inputs, false);
        if (seed != null) {
            return draw(traced, seed);
        }
        Map<String, Declaration> declarations = traced.declarations();
        if (!declarations.isEmpty()) {
            throw new LaminaException(
                    ErrorCode.NOT_INITIALIZED,
                    layer.path() + " has the parameters " + String.join(", ", declarations.keySet())
                            + " and nothing says what they are, so nothing was run. Give --weights FILE or --seed N.");
        }
        return Map.of();
    }

    /** The values that a seed draws. */
    static Map<String, HostArray> draw(TracedLayer traced, long seed) {
        Map<String, HostArray> values = new LinkedHashMap<>();
        traced.declarations().forEach((path, declaration) -> values.put(path, declaration.draw(seed)));
        return values;
    }
}
