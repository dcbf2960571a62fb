package org.lamina.port;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.io.AtomicWrite;
import org.lamina.io.LayerJson;
import org.lamina.layer.Layer;

/** The layer.json that says what the layers of a file of weights are. */
public final class LayerFileBeside {
    /** What it is called in a folder. */
    public static final String NAME = "layer.json";

    private LayerFileBeside() {}

    /**
     * Reads it.
     *
     * @param path the file, or the folder that it is in
     * @param file with the weights
     * @throws LaminaException if there is none, or it is malformed
     */
    public static Layer read(Path path, Path file) {
        return LayerJson.standard().read(find(path, file));
    }

    /** What is written for a layer. @throws LaminaException if a layer in it is not registered */
    public static AtomicWrite.Content content(Layer layer) {
        byte[] bytes = LayerJson.standard().format(layer).getBytes(StandardCharsets.UTF_8);
        return out -> out.write(bytes);
    }

    /**
     * Refuses an architecture beside a file that says itself what its layers are, unless both say the same.
     *
     * @param given null if there is none
     * @throws LaminaException with {@link ErrorCode#ARCHITECTURE} if they differ
     */
    public static void requireSame(Path file, Layer own, @Nullable Layer given) {
        if (given != null && !given.equals(own)) {
            throw new LaminaException(
                    ErrorCode.ARCHITECTURE,
                    file + ": it says itself what its layers are, and the architecture that was given differs: "
                            + LayerJson.standard()
                                    .format(own)
                                    .replaceAll("\\s+", " ")
                                    .strip()
                            + " is in the file. Nothing was ported. Leave --layer out.");
        }
    }

    private static Path find(Path path, Path file) {
        if (Files.isDirectory(path)) {
            return path.resolve(NAME);
        }
        Path own = of(file);
        Path shared = file.resolveSibling(NAME);
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
                file + ": these are weights alone, and neither " + own.getFileName() + " nor " + NAME
                        + " is beside them to say what the layers are, so nothing was ported. Put one there, or name it "
                        + "with --layer.");
    }

    /** The architecture of just this file: net.layer.json for net.safetensors. */
    public static Path of(Path file) {
        String full = String.valueOf(file.getFileName());
        int dot = full.endsWith(".weights.h5") ? full.length() - ".weights.h5".length() : full.lastIndexOf('.');
        return file.resolveSibling((dot <= 0 ? full : full.substring(0, dot)) + "." + NAME);
    }
}
