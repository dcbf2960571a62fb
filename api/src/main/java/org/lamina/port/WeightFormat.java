package org.lamina.port;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.io.AtomicWrite;
import org.lamina.io.Bundle;
import org.lamina.io.LayerJson;
import org.lamina.io.Safetensors;
import org.lamina.layer.Layer;

/**
 * A format of weights alone: a file of arrays under the format's names, with the architecture in a layer.json beside it, or a
 * folder that holds both.
 */
abstract class WeightFormat implements ModelFormat {
    private static final String LAYER = "layer.json";

    private final String name;
    private final @Nullable WeightConvention convention;
    private final List<ArrayStorage> storages;

    /**
     * A format.
     *
     * @param convention null for Lamina's own names and layouts
     * @param storages what its files may be, the one that is written to folders first
     */
    WeightFormat(String name, @Nullable WeightConvention convention, ArrayStorage... storages) {
        this.name = name;
        this.convention = convention;
        this.storages = List.of(storages);
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public Bundle read(Path path, @Nullable Layer architecture) {
        Path file = weights(path);
        Layer layer = architecture == null ? LayerJson.standard().read(architecture(path, file)) : architecture;
        Map<String, HostArray> arrays = storage(file).read(file);
        return convention == null
                ? new Bundle(layer, Safetensors.of(arrays))
                : new WeightMapping(layer, convention).load(file.toString(), arrays);
    }

    private Path weights(Path path) {
        if (!Files.isDirectory(path)) {
            return path;
        }
        return storages.stream()
                .map(storage -> path.resolve("weights" + storage.suffix()))
                .filter(Files::exists)
                .findFirst()
                .orElse(path.resolve("weights" + storages.get(0).suffix()));
    }

    private static Path architecture(Path path, Path file) {
        if (Files.isDirectory(path)) {
            return path.resolve(LAYER);
        }
        Path own = beside(file);
        Path shared = file.resolveSibling(LAYER);
        if (Files.exists(own) || Files.exists(shared)) {
            return Files.exists(own) ? own : shared;
        }
        if (!Files.exists(file)) {
            throw new LaminaException(
                    ErrorCode.FILE_ACCESS,
                    file
                            + ": there is no such file or folder, so it could not be read. Check the path and its permissions.");
        }
        throw new LaminaException(
                ErrorCode.ARCHITECTURE,
                file + ": these are weights alone, and neither " + own.getFileName() + " nor " + LAYER
                        + " is beside them to say what the layers are, so nothing was ported. Put one there, or name it "
                        + "with --layer.");
    }

    /** The architecture of just this file: net.layer.json for net.safetensors. */
    private static Path beside(Path file) {
        String full = String.valueOf(file.getFileName());
        int dot = full.endsWith(".weights.h5") ? full.length() - ".weights.h5".length() : full.lastIndexOf('.');
        return file.resolveSibling((dot <= 0 ? full : full.substring(0, dot)) + "." + LAYER);
    }

    private ArrayStorage storage(Path file) {
        return storages.stream()
                .filter(storage -> file.toString().endsWith(storage.suffix()))
                .findFirst()
                .orElse(storages.get(0));
    }

    @Override
    public void write(Bundle model, Path path) {
        Safetensors stored = convention == null
                ? model.weights()
                : new WeightMapping(model.layer(), convention).store(model.weights());
        AtomicWrite.Content layer = text(LayerJson.standard().format(model.layer()));
        Map<String, AtomicWrite.Content> folder = new LinkedHashMap<>();
        boolean isFile = storages.stream().anyMatch(storage -> path.toString().endsWith(storage.suffix()));
        if (isFile) {
            Map<Path, AtomicWrite.Content> files = new LinkedHashMap<>();
            files.put(path, storage(path).content(stored));
            files.put(beside(path), layer);
            AtomicWrite.files(files);
        } else {
            folder.put(LAYER, layer);
            folder.put("weights" + storages.get(0).suffix(), storages.get(0).content(stored));
            AtomicWrite.folder(path, folder);
        }
    }

    private static AtomicWrite.Content text(String text) {
        byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return out -> out.write(bytes);
    }
}
