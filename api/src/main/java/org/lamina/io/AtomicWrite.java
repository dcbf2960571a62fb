package org.lamina.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.lamina.LaminaException;

/**
 * Writes a file, a zip archive or a folder whole or not at all.
 *
 * <p>The content goes to a hidden temporary neighbour of the target, is forced to the disk, and only then takes the target's
 * name. When anything fails, or the content throws, the temporary is deleted and what was there before is untouched. If the
 * process is killed, the target is what it was before or the new one, whole; a hidden {@code .NAME.*.tmp} may be left over,
 * which nothing reads. A JVM that is told to end, as by Ctrl-C, ends when the writes in flight are done.
 */
public final class AtomicWrite {
    /** As many as Linux follows. */
    private static final int MOST_LINKS = 40;

    /** Writes content to a stream, which it leaves open. It may be asked twice and must write the same bytes. */
    @FunctionalInterface
    public interface Content {
        /** Writes all of it. */
        void writeTo(OutputStream out) throws IOException;
    }

    /** Fills a folder that is there and empty. */
    @FunctionalInterface
    public interface Filling {
        /** Makes all files and folders in it. */
        void fill(Path folder) throws IOException;
    }

    /** What may fail. */
    interface Step {
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
        WritesInFlight.run(() -> writeAll(files));
    }

    private static void writeAll(Map<Path, Content> files) {
        Map<Path, Path> staged = new LinkedHashMap<>();
        try {
            files.forEach((target, content) -> stage(target, content, staged));
            staged.forEach((temporary, target) -> reporting(
                    target,
                    () -> Files.move(
                            temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING)));
        } finally {
            staged.keySet().forEach(AtomicWrite::deleteQuietly);
        }
        staged.values().forEach(target -> force(parent(target, target)));
    }

    /** What is left over of a failure; that one is what is reported. */
    private static void deleteQuietly(Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException leftOver) {
            System.getLogger(AtomicWrite.class.getName())
                    .log(System.Logger.Level.DEBUG, "a temporary file is left over", leftOver);
        }
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
        folder(target, real -> AtomicFolder.requireOnly(target, real, files), folder -> {
            for (Map.Entry<String, Content> file : files.entrySet()) {
                write(folder.resolve(file.getKey()), file.getValue());
            }
        });
    }

    /**
     * Writes a folder of any content, native code's too, in the same way.
     *
     * @param requireReplaceable throws for a folder that is there and must not be replaced
     * @throws LaminaException if it cannot be written, or the target is there and is no folder
     */
    public static void folder(Path target, Consumer<Path> requireReplaceable, Filling filling) {
        WritesInFlight.run(() -> AtomicFolder.write(target, requireReplaceable, filling));
    }

    /** The folder itself, or what it was called when a process was killed while it replaced it. */
    public static Path current(Path folder) {
        return AtomicFolder.current(folder);
    }

    static void reporting(Path target, Step step) {
        try {
            step.run();
        } catch (IOException e) {
            throw FileErrors.unwritable(target.toString(), FileErrors.reason(e), e);
        }
    }

    static Path temporary(Path target, Path real) {
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
    static void force(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException unsupported) {
            return;
        }
    }

    /** Absolute, and what it points to if it is a link, so that the link stays one even if nothing is there yet. */
    static Path resolved(Path target) {
        try {
            Path place = target.toAbsolutePath().normalize();
            for (int links = 0; !Files.exists(place) && Files.isSymbolicLink(place); links++) {
                if (links == MOST_LINKS) {
                    throw FileErrors.refused(target.toString(), "it is a link that leads to itself");
                }
                place = place.resolveSibling(Files.readSymbolicLink(place)).normalize();
            }
            return Files.exists(place) ? place.toRealPath() : place;
        } catch (IOException e) {
            throw FileErrors.unwritable(target.toString(), FileErrors.reason(e), e);
        }
    }

    static Path parent(Path target, Path real) {
        Path parent = real.getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw FileErrors.refused(target.toString(), "there is no folder " + parent + " to write it in");
        }
        return parent;
    }
}
