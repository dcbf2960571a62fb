package org.lamina.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lamina.HostArray;
import org.lamina.io.Bundle;
import org.lamina.layer.Layer;
import org.lamina.port.ModelFormat;
import org.lamina.port.ModelFormats;

/**
 * What {@code lamina inspect} is given: a model of another framework as FORMAT:PATH, or a path whose content tells what it is.
 *
 * @param layer the architecture, null for arrays alone
 * @param arrays by name, null for an architecture alone
 * @param metadata what a safetensors file says besides
 * @param frozen the paths that are frozen in a bundle
 */
record InspectedFile(
        @Nullable Layer layer,
        @Nullable Map<String, HostArray> arrays,
        Map<String, String> metadata,
        Set<String> frozen) {
    static InspectedFile read(String place) {
        int colon = place.indexOf(':');
        for (ModelFormat format : ModelFormats.all()) {
            if (colon > 0 && format.name().equals(place.substring(0, colon)) && !Files.exists(Path.of(place))) {
                Bundle model = format.read(Path.of(place.substring(colon + 1)), null);
                return new InspectedFile(model.layer(), model.weights().tensors(), Map.of(), model.frozen());
            }
        }
        return read(Path.of(place));
    }

    private static InspectedFile read(Path path) {
        if (FileKind.of(path) == FileKind.ARRAYS) {
            ArrayFile file = ArrayFile.open(path);
            return new InspectedFile(null, file.arrays(), file.metadata(), file.frozen());
        }
        LayerFile file = LayerFile.read(path);
        return new InspectedFile(file.layer(), file.weights(), Map.of(), file.frozen());
    }

    /** The arrays, none for an architecture alone. */
    Map<String, HostArray> arraysOrNone() {
        return arrays == null ? Map.of() : arrays;
    }
}
