package org.lamina.tf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.lamina.io.Bundle;
import org.lamina.io.LayerJson;
import org.lamina.io.Safetensors;
import org.lamina.layer.Layer;
import org.lamina.port.LayerFileBeside;
import org.lamina.port.ModelFormat;
import org.lamina.port.NamedWeights;
import org.lamina.port.NativeModel;

/**
 * A SavedModel. One that is written computes y from x with variables that have Lamina's paths and layouts, and holds its layer.json
 * among its extra assets; of one that is read the variables count, under those names or those of Keras' layers.
 */
public final class TfFormat implements ModelFormat {
    private static final String MODEL = "saved_model.pb";
    private static final String EXTRA = "assets.extra";

    /** For ServiceLoader. */
    public TfFormat() {}

    @Override
    public String name() {
        return TfProvider.NAME;
    }

    /** Nothing of TensorFlow's is loaded for it: the graph is looked at as a message, the variables are read as numbers. */
    @Override
    public Bundle read(Path path, @Nullable Layer architecture) {
        if (!Files.isDirectory(path)) {
            throw new LaminaException(
                    ErrorCode.FILE_ACCESS,
                    path + ": there is no such folder, and a SavedModel is one; nothing was read. Check the path.");
        }
        Layer layer = architecture == null ? layer(path) : architecture;
        Map<String, HostArray> variables = TfVariables.read(path);
        return variables.keySet().stream().anyMatch(name -> name.contains("/"))
                ? NamedWeights.KERAS_VARIABLES.load(path.toString(), layer, variables)
                : new Bundle(layer, Safetensors.of(variables));
    }

    private static Layer layer(Path path) {
        Path own = path.resolve(EXTRA).resolve(LayerFileBeside.NAME);
        return Files.exists(own)
                ? LayerJson.standard().read(own)
                : LayerFileBeside.read(path, path.resolve(LayerFileBeside.NAME));
    }

    @Override
    public void write(Bundle model, Path path, List<TensorType> inputs) {
        Path target = path.toAbsolutePath().normalize();
        requireReplaceable(path, target);
        Path temporary = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            TfSavedModel.export(model, inputs, temporary);
            Path extra = Files.createDirectories(temporary.resolve(EXTRA));
            LayerJson.standard().write(extra.resolve(LayerFileBeside.NAME), model.layer());
            delete(target);
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new LaminaException(
                    ErrorCode.FILE_ACCESS,
                    path + ": it could not be written (" + e.getMessage()
                            + "). Choose another path, or make this one writable.",
                    e);
        } finally {
            deleteQuietly(temporary);
        }
    }

    private static void requireReplaceable(Path path, Path target) {
        boolean model = Files.isDirectory(target) && Files.exists(target.resolve(MODEL));
        if (Files.exists(target) && !model) {
            throw new LaminaException(
                    ErrorCode.FILE_ACCESS,
                    path
                            + ": it exists and is no SavedModel, so nothing was written and what was there is unchanged. Choose "
                            + "another path.");
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> held = Files.walk(folder)) {
            all = held.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : all) {
            Files.delete(file);
        }
    }

    /** What is left over of a failure; that one is what is reported. */
    private static void deleteQuietly(Path folder) {
        try {
            delete(folder);
        } catch (IOException e) {
            System.getLogger(TfFormat.class.getName())
                    .log(System.Logger.Level.DEBUG, "a temporary folder is left over", e);
        }
    }

    @Override
    public Optional<NativeModel> open(Path path, @Nullable Layer architecture) {
        return Files.exists(path.resolve(EXTRA).resolve(LayerFileBeside.NAME))
                ? Optional.of(new TfNativeModel(path))
                : Optional.empty();
    }
}
