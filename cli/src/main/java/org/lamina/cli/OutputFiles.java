package org.lamina.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.io.AtomicWrite;
import org.lamina.io.Safetensors;

/** Files that a command writes together, when all its work is done. */
final class OutputFiles {
    private final Map<Path, AtomicWrite.Content> contents = new LinkedHashMap<>();

    OutputFiles add(Path file, Safetensors tensors) {
        contents.put(file, tensors::writeTo);
        return this;
    }

    OutputFiles add(Path file, String text) {
        contents.put(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
        return this;
    }

    /** The file that a backend's output goes to: {@code out.tf.safetensors} for {@code out.safetensors}. */
    static Path of(Path output, String backend) {
        String name = String.valueOf(output.getFileName());
        int dot = name.lastIndexOf('.');
        String inserted =
                dot <= 0 ? name + "." + backend : name.substring(0, dot) + "." + backend + name.substring(dot);
        return output.resolveSibling(inserted);
    }

    /** Writes all of them, or none, and makes the folders they are in. @throws LaminaException FILE_ACCESS if one cannot be written */
    void write() {
        writing(contents.keySet(), () -> AtomicWrite.files(contents));
    }

    /**
     * Makes the folders that files or folders are to be in, and writes; those that it made go again if that fails.
     *
     * @throws LaminaException FILE_ACCESS if a folder cannot be made, or what the writing throws
     */
    static void writing(Collection<Path> targets, Runnable write) {
        Deque<Path> made = new ArrayDeque<>();
        try {
            targets.forEach(target -> makeFolder(target, made));
            write.run();
        } catch (RuntimeException e) {
            made.forEach(OutputFiles::deleteIfEmpty);
            throw e;
        }
    }

    /**
     * Finds out before the work whether a file can be written, and makes nothing.
     *
     * @throws LaminaException FILE_ACCESS if it is there and no regular file, or the nearest folder above it that exists is none or
     *     not writable
     */
    static void requireWritable(Path file) {
        if (Files.isDirectory(file)) {
            throw unwritable(file, file, "it is a folder");
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw unwritable(file, file, "it is no regular file");
        }
        requireWritableFolderOf(file);
    }

    /** The same for a file or folder, whatever is there now. */
    static void requireWritableFolderOf(Path file) {
        Path above = file.toAbsolutePath().normalize().getParent();
        while (above != null && !Files.exists(above)) {
            above = above.getParent();
        }
        if (above == null || !Files.isDirectory(above)) {
            throw unwritable(file, above == null ? file : above, "it is a file");
        }
        if (!Files.isWritable(above)) {
            throw unwritable(file, above, "it cannot be written to");
        }
    }

    private static LaminaException unwritable(Path file, Path place, String reason) {
        return new LaminaException(
                ErrorCode.FILE_ACCESS,
                file + " cannot be written: of " + place + ", " + reason
                        + ", so nothing was run or written. Choose another place.");
    }

    /** @param made where each folder is put that was not there, the deepest first */
    private static void makeFolder(Path target, Deque<Path> made) {
        Path folder = target.toAbsolutePath().resolveSibling("");
        Deque<Path> missing = new ArrayDeque<>();
        for (Path above = folder; above != null && !Files.exists(above); above = above.getParent()) {
            missing.push(above);
        }
        try {
            Files.createDirectories(folder);
            missing.forEach(made::push);
        } catch (IOException e) {
            missing.descendingIterator().forEachRemaining(OutputFiles::deleteIfEmpty);
            throw new LaminaException(
                    ErrorCode.FILE_ACCESS,
                    folder + " cannot be made: " + reason(e) + ", so nothing was written. Choose another place for "
                            + target + ".",
                    e);
        }
    }

    private static void deleteIfEmpty(Path folder) {
        try {
            Files.deleteIfExists(folder);
        } catch (IOException inUse) {
            System.getLogger(OutputFiles.class.getName())
                    .log(System.Logger.Level.DEBUG, "a folder is left over", inUse);
        }
    }

    private static String reason(IOException problem) {
        if (problem instanceof FileAlreadyExistsException) {
            return "it is a file";
        }
        return problem instanceof AccessDeniedException ? "permission is denied" : String.valueOf(problem.getMessage());
    }
}
