package org.lamina.io;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lamina.Arguments;
import org.lamina.Backend;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.TensorType;
import org.lamina.Width;
import org.lamina.layer.Layer;

/**
 * A model to keep or to move to another framework: a folder or a {@code .zip} with {@code layer.json} and {@code
 * weights.safetensors}.
 *
 * @param layer the architecture
 * @param weights the values of a model of it by path; a shared parameter is in it once, its other paths are in the metadata, and
 *     those that are frozen
 */
public record Bundle(Layer layer, Safetensors weights) {
    private static final String LAYER = "layer.json";
    private static final String WEIGHTS = "weights.safetensors";
    private static final String ZIP = ".zip";

    /** @throws LaminaException ARGUMENT if one of them is null */
    public Bundle {
        Arguments.require(layer, "Bundle", "layer");
        Arguments.require(weights, "Bundle", "weights");
    }

    /** What a model consists of now. */
    public static Bundle of(Model model) {
        Map<String, String> aliases =
                Arguments.require(model, "Bundle.of", "model").aliases();
        Set<String> frozen = model.frozen();
        return new Bundle(
                model.layer(),
                new Safetensors(model.parameters(), frozen.isEmpty() ? aliases : FrozenPaths.added(aliases, frozen)));
    }

    /** The paths that were frozen in the model, in order. @throws LaminaException FILE_FORMAT if the metadata are damaged */
    public Set<String> frozen() {
        return FrozenPaths.of(weights);
    }

    /**
     * A model of this bundle: with its weights, in their width, and with the same paths frozen, so that training goes on with what was
     * trained.
     *
     * @param backend to run on
     * @param inputTypes of the inputs
     * @throws LaminaException as {@link Model#initialize(List, Map)}, and FILE_FORMAT if the metadata are damaged
     */
    public Model model(Backend backend, List<TensorType> inputTypes) {
        Arguments.require(backend, "Bundle.model", "backend");
        Arguments.requireAll(inputTypes, "Bundle.model", "inputTypes");
        Set<String> frozen = frozen();
        Model model = backend.model(layer, Width.ofWeights(weights.tensors().values(), inputTypes));
        try {
            model.initialize(inputTypes, weights.tensors());
            frozen.forEach(model::freeze);
            return model;
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    /** Reads a folder or an archive with the layers of {@link LayerRegistry#standard}; see {@link #read(Path, LayerRegistry)}. */
    public static Bundle read(Path path) {
        Arguments.require(path, "Bundle.read", "path");
        return read(path, LayerRegistry.standard());
    }

    /**
     * Reads a folder, or a zip archive whatever its name. Files in it of other names are passed over.
     *
     * @throws LaminaException as {@link LayerJson#read} and {@link Safetensors#read} do, and with {@link
     *     ErrorCode#FILE_FORMAT} for an archive that is damaged, has an entry twice, has names that would lie outside of a
     *     folder, or would grow beyond belief
     */
    public static Bundle read(Path path, LayerRegistry registry) {
        Arguments.require(path, "Bundle.read", "path");
        LayerJson architecture = new LayerJson(registry);
        Path folder = AtomicWrite.current(path);
        if (Files.isDirectory(folder)) {
            return new Bundle(architecture.read(folder.resolve(LAYER)), Safetensors.read(folder.resolve(WEIGHTS)));
        }
        try (ZipInput zip = ZipInput.open(path);
                FileInput layer = zip.read(LAYER);
                FileInput weights = zip.read(WEIGHTS)) {
            return new Bundle(architecture.read(layer), SafetensorsReader.read(weights));
        }
    }

    /** Writes with the layers of {@link LayerRegistry#standard}; see {@link #write(Path, LayerRegistry)}. */
    public void write(Path path) {
        Arguments.require(path, "Bundle.write", "path");
        write(path, LayerRegistry.standard());
    }

    /**
     * Writes an archive if the path ends with {@code .zip}, else a folder, whole or not at all, replacing the bundle that is
     * there. The same bundle gives the same bytes.
     *
     * @throws LaminaException if a layer is not registered, or the path cannot be written or holds something else
     */
    public void write(Path path, LayerRegistry registry) {
        Arguments.require(path, "Bundle.write", "path");
        Arguments.require(registry, "Bundle.write", "registry");
        Map<String, AtomicWrite.Content> files = new LinkedHashMap<>();
        files.put(LAYER, new LayerJson(registry).content(layer));
        files.put(WEIGHTS, new SafetensorsWriter(weights));
        if (path.toString().endsWith(ZIP)) {
            AtomicWrite.zip(path, files);
        } else {
            AtomicWrite.folder(path, files);
        }
    }
}
