package org.lamina.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.lamina.LaminaException;

/**
 * Writes a file, a zip archive or a folder whole or not at all.
 *
 * <p>The content goes to a hidden temporary neighbour of the target, is forced to the disk, and only then takes the target's
 * name. When anything fails, or the content throws, the temporary is deleted and what was there before is untouched. If the
 * process is killed, the target is what it was before or the new one, whole; a hidden {@code .NAME.*.tmp} may be left over,
 * which nothing reads.
 */
public final class AtomicWrite {
    /** Writes content to a stream, which it leaves open. It may be asked twice and must write the same bytes. */
    @FunctionalInterface
    public interface Content {
        /** Writes all of it. */
        void writeTo(OutputStream out) throws IOException;
    }

    private interface Step {
        void run() throws IOException;
    }

    private AtomicWrite() {}

    /**
     * Writes a file, replacing the one that is there.
     *
     * @throws LaminaException if it cannot be written, or the target is there and is no regular file
     */
    public static void file(Path target, Content content) {
        files(Map.of(target, content));
    }

    /**
     * Writes files that belong together, replacing those that are there. All are complete on the disk before the first takes its
     * name.
     *
     * @throws LaminaException if one cannot be written, or a target is there and is no regular file; unless it is the renaming
     *     that fails, none was written then
     */
    public static void files(Map<Path, Content> files) {
        Map<Path, Path> staged = new LinkedHashMap<>();
        try {
            files.forEach((target, content) -> stage(target, content, staged));
            staged.forEach((temporary, target) -> reporting(
                    target,
                    () -> Files.move(
                            temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING)));
        } finally {
            staged.forEach((temporary, target) -> reporting(target, () -> Files.deleteIfExists(temporary)));
        }
        staged.values().forEach(target -> force(parent(target, target)));
    }

    private static void stage(Path target, Content content, Map<Path, Path> staged) {
        Path real = resolved(target);
        if (Files.exists(real) && !Files.isRegularFile(real)) {
            throw FileErrors.refused(target.toString(), "it exists and is no regular file");
        }
        Path temporary = temporary(target, real);
        staged.put(temporary, real);
        reporting(target, () -> write(temporary, content));
    }

    /**
     * Writes a zip archive, replacing the one that is there. The same content gives the same bytes: entries are stored
     * uncompressed, in the map's order, with a fixed time.
     *
     * @param entries the content of each entry by its name
     * @throws LaminaException if it cannot be written
     */
    public static void zip(Path target, Map<String, Content> entries) {
        file(target, out -> StoredZip.write(out, entries));
    }

    /**
     * Writes a folder that holds the given files and no others, replacing a folder of such files that is there.
     *
     * <p>Unlike a file, a folder cannot be replaced in one step by every file system: for a moment the old one is called
     * {@code .NAME.replaced.tmp} and the target does not exist. A process killed in that moment leaves both it and the new one whole;
     * {@link #current} finds it.
     *
     * @param files the content of each file by its name
     * @throws LaminaException if it cannot be written, or the target is there and holds anything but files of these names
     */
    public static void folder(Path target, Map<String, Content> files) {
        Path real = resolved(target);
        requireReplaceable(target, real, files);
        Path temporary = temporary(target, real);
        try {
            reporting(target, () -> {
                Files.createDirectory(temporary);
                for (Map.Entry<String, Content> file : files.entrySet()) {
                    write(temporary.resolve(file.getKey()), file.getValue());
                }
                force(temporary);
                exchange(temporary, real);
            });
        } finally {
            reporting(target, () -> delete(temporary));
        }
        force(parent(target, real));
    }

    /** The folder itself, or what it was called when a process was killed while it replaced it. */
    public static Path current(Path folder) {
        Path old = retired(resolved(folder));
        return Files.exists(folder) || !Files.exists(old) ? folder : old;
    }

    private static void exchange(Path temporary, Path real) throws IOException {
        Path old = retired(real);
        if (Files.exists(real)) {
            delete(old);
            Files.move(real, old, StandardCopyOption.ATOMIC_MOVE);
        }
        try {
            Files.move(temporary, real, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (Files.exists(old)) {
                Files.move(old, real, StandardCopyOption.ATOMIC_MOVE);
            }
            throw e;
        }
        delete(old);
    }

    private static void requireReplaceable(Path target, Path real, Map<String, Content> files) {
        if (!Files.exists(real)) {
            return;
        }
        if (!Files.isDirectory(real)) {
            throw FileErrors.refused(target.toString(), "it exists and is no folder");
        }
        try (Stream<Path> held = Files.list(real)) {
            held.forEach(path -> {
                if (!files.containsKey(path.getFileName().toString())
                        || !Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                    throw FileErrors.refused(
                            target.toString(),
                            "the folder holds " + path.getFileName() + ", which writing it anew would delete");
                }
            });
        } catch (IOException e) {
            throw FileErrors.unwritable(target.toString(), FileErrors.reason(e), e);
        }
    }

    private static void reporting(Path target, Step step) {
        try {
            step.run();
        } catch (IOException e) {
            throw FileErrors.unwritable(target.toString(), FileErrors.reason(e), e);
        }
    }

    private static Path temporary(Path target, Path real) {
        return parent(target, real).resolve("." + real.getFileName() + "." + UUID.randomUUID() + ".tmp");
    }

    private static void write(Path file, Content content) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            // Not closed on its own: the channel must still be open to be forced.
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
            content.writeTo(out);
            out.flush();
            channel.force(true);
        }
    }

    /** Forces the names in a folder to the disk, where the system can: Windows cannot open folders. */
    private static void force(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException unsupported) {
            return;
        }
    }

    /** Absolute, and what it points to if it is a link, so that the link stays one. */
    private static Path resolved(Path target) {
        try {
            return Files.exists(target)
                    ? target.toRealPath()
                    : target.toAbsolutePath().normalize();
        } catch (IOException e) {
            throw FileErrors.unwritable(target.toString(), FileErrors.reason(e), e);
        }
    }

    private static Path parent(Path target, Path real) {
        Path parent = real.getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw FileErrors.refused(target.toString(), "there is no folder " + parent + " to write it in");
        }
        return parent;
    }

    private static Path retired(Path folder) {
        return folder.resolveSibling("." + folder.getFileName() + ".replaced.tmp");
    }

    /** Deletes a file or a folder of files, if it is there. */
    private static void delete(Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            List<Path> held = new ArrayList<>();
            try (Stream<Path> files = Files.list(path)) {
                files.forEach(held::add);
            }
            for (Path file : held) {
                Files.delete(file);
            }
        }
        Files.deleteIfExists(path);
    }
}
