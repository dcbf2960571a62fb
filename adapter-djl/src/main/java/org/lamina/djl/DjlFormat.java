package org.lamina.djl;

import ai.djl.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.lamina.io.AtomicWrite;
import org.lamina.io.Bundle;
import org.lamina.layer.Layer;
import org.lamina.port.ForeignFile;
import org.lamina.port.LayerFileBeside;
import org.lamina.port.ModelFormat;
import org.lamina.port.NativeModel;

/**
 * The parameters of a tree of DJL's own blocks, and of Lamina's where DJL has no equal: a file {@code .params} with the layer.json
 * beside it, or a folder with both that {@code Model.load} takes, in which DJL has the file called after the folder.
 */
public final class DjlFormat implements ModelFormat {
    static final String SUFFIX = ".params";

    /** For ServiceLoader. */
    public DjlFormat() {}

    @Override
    public String name() {
        return "djl";
    }

    /** @throws LaminaException FILE_FORMAT if it is a file of another name, which is no folder that a model was saved to */
    static Path parameters(Path path) {
        if (!path.toString().endsWith(SUFFIX) && Files.isRegularFile(path)) {
            ForeignFile.requireNone(path, Set.of());
            throw new LaminaException(
                    ErrorCode.FILE_FORMAT,
                    path + ": this is a file, and DJL's parameters are in a file " + SUFFIX
                            + " or in the folder that a model was saved to; nothing was loaded. Give one of these.");
        }
        return path.toString().endsWith(SUFFIX)
                ? path
                : AtomicWrite.current(path).resolve(path.getFileName() + "-0000" + SUFFIX);
    }

    @Override
    public Bundle read(Path path, @Nullable Layer architecture) {
        Path file = parameters(path);
        ForeignFile.requireNone(path, Set.of(ForeignFile.DJL));
        ForeignFile.requireNone(file, Set.of(ForeignFile.DJL));
        Layer layer = architecture == null ? LayerFileBeside.read(AtomicWrite.current(path), file) : architecture;
        try (DjlBlocks blocks = DjlBlocks.of(layer)) {
            blocks.load(file);
            return blocks.bundle();
        }
    }

    @Override
    public void write(Bundle model, Path path, List<TensorType> inputs) {
        try (DjlBlocks blocks = DjlBlocks.of(model, inputs)) {
            AtomicWrite.Content parameters = out -> out.write(saved(blocks.model()));
            if (path.toString().endsWith(SUFFIX)) {
                Map<Path, AtomicWrite.Content> files = new LinkedHashMap<>();
                files.put(path, parameters);
                files.put(LayerFileBeside.of(path), LayerFileBeside.content(model.layer()));
                AtomicWrite.files(files);
            } else {
                Map<String, AtomicWrite.Content> folder = new LinkedHashMap<>();
                folder.put(path.getFileName() + "-0000" + SUFFIX, parameters);
                folder.put(LayerFileBeside.NAME, LayerFileBeside.content(model.layer()));
                AtomicWrite.folder(path, folder);
            }
        }
    }

    /** DJL saves to a folder and to nothing else, so a temporary one is read back. */
    private static byte[] saved(Model model) throws IOException {
        Path folder = Files.createTempDirectory("lamina");
        Path file = folder.resolve("net-0000" + SUFFIX);
        try {
            model.save(folder, "net");
            return Files.readAllBytes(file);
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(folder);
        }
    }

    @Override
    public Optional<NativeModel> open(Path path, @Nullable Layer architecture) {
        return Optional.of(new DjlNativeModel(path, architecture));
    }
}
