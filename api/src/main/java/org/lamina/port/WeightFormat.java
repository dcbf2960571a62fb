package org.lamina.port;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lamina.HostArray;
import org.lamina.TensorType;
import org.lamina.io.AtomicWrite;
import org.lamina.io.Bundle;
import org.lamina.io.Safetensors;
import org.lamina.layer.Layer;

/**
 * A format of weights alone: a file of arrays under the format's names, with the architecture in a layer.json beside it, or a
 * folder that holds both.
 */
abstract class WeightFormat implements ModelFormat {
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
        return read(path, architecture, List.of()).model();
    }

    @Override
    public Imported read(Path named, @Nullable Layer architecture, List<TensorType> inputs) {
        Path path = AtomicWrite.current(named);
        Path file = weights(path);
        ForeignFile.requireNone(file, storage(file).marks());
        Layer layer = architecture == null ? LayerFileBeside.read(path, file) : architecture;
        Map<String, HostArray> arrays = storage(file).read(file);
        if (convention == null) {
            return new Imported(new Bundle(layer, Safetensors.of(arrays)), List.of());
        }
        Misfits misfits = new Misfits();
        storage(file).compare(file, layer, new WeightMapping(layer, convention).sites(), misfits);
        return new ConventionalWeights(layer, convention).load(file.toString(), arrays, inputs, misfits);
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

    private ArrayStorage storage(Path file) {
        return storages.stream()
                .filter(storage -> file.toString().endsWith(storage.suffix()))
                .findFirst()
                .orElse(storages.get(0));
    }

    @Override
    public void write(Bundle model, Path path, List<TensorType> inputs) {
        Safetensors stored = convention == null
                ? model.weights()
                : new ConventionalWeights(model.layer(), convention).store(model, inputs);
        Map<String, AtomicWrite.Content> folder = new LinkedHashMap<>();
        boolean isFile = storages.stream().anyMatch(storage -> path.toString().endsWith(storage.suffix()));
        if (isFile) {
            Map<Path, AtomicWrite.Content> files = new LinkedHashMap<>();
            files.put(path, storage(path).content(stored));
            files.put(LayerFileBeside.of(path), LayerFileBeside.content(model.layer()));
            AtomicWrite.files(files);
        } else {
            folder.put(LayerFileBeside.NAME, LayerFileBeside.content(model.layer()));
            folder.put("weights" + storages.get(0).suffix(), storages.get(0).content(stored));
            AtomicWrite.folder(path, folder);
        }
    }
}
