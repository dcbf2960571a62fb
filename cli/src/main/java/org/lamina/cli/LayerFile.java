package org.lamina.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lamina.HostArray;
import org.lamina.io.Bundle;
import org.lamina.io.LayerJson;
import org.lamina.layer.Layer;

/**
 * What LAYER names: a {@code layer.json}, or a bundle.
 *
 * @param path where it was read from
 * @param layer the architecture
 * @param weights a bundle's weights by path, null for a {@code layer.json}
 * @param frozen the paths that are frozen in a bundle
 */
record LayerFile(Path path, Layer layer, @Nullable Map<String, HostArray> weights, Set<String> frozen) {
    static LayerFile read(Path path) {
        if (Files.isDirectory(path) || FileKind.isZip(path)) {
            Bundle bundle = Bundle.read(path);
            return new LayerFile(path, bundle.layer(), bundle.weights().tensors(), bundle.frozen());
        }
        return new LayerFile(path, LayerJson.standard().read(path), null, Set.of());
    }
}
