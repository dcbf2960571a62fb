package org.lamina.tf;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.lamina.io.AtomicWrite;
import org.lamina.io.Bundle;
import org.lamina.io.LayerJson;
import org.lamina.io.Safetensors;
import org.lamina.layer.Layer;
import org.lamina.port.ForeignFile;
import org.lamina.port.Imported;
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
    private static final String INDEX = ".index";
    private static final String EXTRA = "assets.extra";

    /** For ServiceLoader. */
    public TfFormat() {}

    @Override
    public String name() {
        return TfProvider.NAME;
    }

    @Override
    public Bundle read(Path path, @Nullable Layer architecture) {
        return read(path, architecture, List.of()).model();
    }

    /** Nothing of TensorFlow's is loaded for it: the graph is looked at as a message, the variables are read as numbers. */
    @Override
    public Imported read(Path named, @Nullable Layer architecture, List<TensorType> inputs) {
        Path path = AtomicWrite.current(named);
        if (!Files.isDirectory(path)) {
            requireNoOther(path);
            throw new LaminaException(
                    ErrorCode.FILE_ACCESS,
                    path + ": there is no such folder, and a SavedModel is one; nothing was read. Check the path.");
        }
        Layer layer = architecture == null ? layer(path) : architecture;
        Map<String, HostArray> variables = TfVariables.read(path);
        return variables.keySet().stream().anyMatch(name -> name.contains("/"))
                ? NamedWeights.KERAS_VARIABLES.load(path.toString(), layer, variables, inputs)
                : new Imported(new Bundle(layer, Safetensors.of(variables)), List.of());
    }

    /** Refuses by what it is what TensorFlow has besides SavedModels. */
    private static void requireNoOther(Path path) {
        String name = String.valueOf(path.getFileName());
        boolean isPart = name.endsWith(INDEX) || name.matches(".*\\.data-\\d{5}-of-\\d{5}");
        if (isPart || Files.exists(path.resolveSibling(name + INDEX))) {
            throw new LaminaException(
                    ErrorCode.FILE_FORMAT,
                    path + ": this is " + (isPart ? "a part" : "the prefix")
                            + " of a checkpoint of TensorFlow, variables without a graph; nothing was read. In Python, restore it into "
                            + "its model and write that with tf.saved_model.save.");
        }
        ForeignFile.requireNone(path, Set.of());
    }

    private static Layer layer(Path path) {
        Path own = path.resolve(EXTRA).resolve(LayerFileBeside.NAME);
        return Files.exists(own)
                ? LayerJson.standard().read(own)
                : LayerFileBeside.read(path, path.resolve(LayerFileBeside.NAME));
    }

    @Override
    public void write(Bundle model, Path path, List<TensorType> inputs) {
        AtomicWrite.folder(path, real -> requireModel(path, real), folder -> {
            TfSavedModel.export(model, inputs, folder);
            Path extra = Files.createDirectories(folder.resolve(EXTRA));
            Files.writeString(
                    extra.resolve(LayerFileBeside.NAME), LayerJson.standard().format(model.layer()));
        });
    }

    private static void requireModel(Path path, Path real) {
        if (!Files.exists(real.resolve(MODEL))) {
            throw new LaminaException(
                    ErrorCode.FILE_ACCESS,
                    path
                            + ": it exists and is no SavedModel, so nothing was written and what was there is unchanged. Choose "
                            + "another path.");
        }
    }

    @Override
    public Optional<NativeModel> open(Path path, @Nullable Layer architecture) {
        return Files.exists(path.resolve(EXTRA).resolve(LayerFileBeside.NAME))
                ? Optional.of(new TfNativeModel(path))
                : Optional.empty();
    }
}
