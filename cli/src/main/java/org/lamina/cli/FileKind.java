package org.lamina.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipFile;

/** What a path holds, told by the content and not by the name. */
enum FileKind {
    /** A layer.json. */
    LAYER,
    /** A folder or archive with layer.json and weights. */
    BUNDLE,
    /** Safetensors, npz or npy. */
    ARRAYS;

    private static final int LONGEST_MARK = 6;

    /** A file that cannot be read or is of no known format counts as the likeliest: who reads it says what is wrong. */
    static FileKind of(Path path) {
        if (Files.isDirectory(path)) {
            return BUNDLE;
        }
        String start = start(path);
        if (start.startsWith("PK")) {
            return holdsLayer(path) ? BUNDLE : ARRAYS;
        }
        return start.stripLeading().startsWith("{") || path.toString().endsWith(".json") ? LAYER : ARRAYS;
    }

    /** True if a file of arrays is npz. */
    static boolean isZip(Path path) {
        return start(path).startsWith("PK");
    }

    /** True if a file of arrays is npy. */
    static boolean isNpy(Path path) {
        return start(path).equals("\u0093NUMPY");
    }

    private static String start(Path path) {
        try (InputStream in = Files.newInputStream(path)) {
            return new String(in.readNBytes(LONGEST_MARK), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    private static boolean holdsLayer(Path path) {
        try (ZipFile zip = new ZipFile(path.toFile())) {
            return zip.getEntry("layer.json") != null;
        } catch (IOException e) {
            return false;
        }
    }
}
