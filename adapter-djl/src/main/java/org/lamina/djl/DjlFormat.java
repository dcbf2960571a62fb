package org.lamina.djl;

import ai.djl.Model;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.lamina.TensorType;
import org.lamina.io.AtomicWrite;
import org.lamina.io.Bundle;
import org.lamina.layer.Layer;
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

    static Path parameters(Path path) {
        return path.toString().endsWith(SUFFIX) ? path : path.resolve(path.getFileName() + "-0000" + SUFFIX);
    }

    @Override
    public Bundle read(Path path, @Nullable Layer architecture) {
        Path file = parameters(path);
        Layer layer = architecture == null ? LayerFileBeside.read(path, file) : architecture;
        try (DjlBlocks blocks = DjlBlocks.of(layer)) {
            blocks.load(file);
            return blocks.bundle();
        }
    }

    @Override
    public void write(Bundle model, Path path, List<TensorType> inputs) {
        byte[] parameters;
        try (DjlBlocks blocks = DjlBlocks.of(model, inputs)) {
            parameters = saved(blocks.model());
        }
        Map<Path, AtomicWrite.Content> files = new LinkedHashMap<>();
        Path file = parameters(path);
        if (file.equals(path)) {
            files.put(file, out -> out.write(parameters));
            files.put(LayerFileBeside.of(file), LayerFileBeside.content(model.layer()));
            AtomicWrite.files(files);
        } else {
            Map<String, AtomicWrite.Content> folder = new LinkedHashMap<>();
            folder.put(String.valueOf(file.getFileName()), out -> out.write(parameters));
            folder.put(LayerFileBeside.NAME, LayerFileBeside.content(model.layer()));
            AtomicWrite.folder(path, folder);
        }
    }

    /** DJL saves to a folder and to nothing else, so a temporary one is read back. */
    private static byte[] saved(Model model) {
        try {
            Path folder = Files.createTempDirectory("lamina");
            Path file = folder.resolve("net-0000" + SUFFIX);
            try {
                model.save(folder, "net");
                return Files.readAllBytes(file);
            } finally {
                Files.deleteIfExists(file);
                Files.deleteIfExists(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Optional<NativeModel> open(Path path, @Nullable Layer architecture) {
        return Optional.of(new DjlNativeModel(path, architecture));
    }
}
