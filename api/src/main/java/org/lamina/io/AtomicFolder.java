package org.lamina.io;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Replaces a folder by a new one that was filled beside it; see {@link AtomicWrite#folder}. */
final class AtomicFolder {
    private AtomicFolder() {}

    /** @param requireReplaceable throws for a folder that must not be replaced */
    static void write(Path target, Consumer<Path> requireReplaceable, AtomicWrite.Filling filling) {
        Path real = AtomicWrite.resolved(target);
        if (Files.exists(real)) {
            if (!Files.isDirectory(real)) {
                throw FileErrors.refused(target.toString(), "it exists and is no folder");
            }
            requireReplaceable.accept(real);
        }
        Path temporary = AtomicWrite.temporary(target, real);
        try {
            AtomicWrite.reporting(target, () -> {
                Files.createDirectory(temporary);
                filling.fill(temporary);
                force(temporary);
                exchange(temporary, real);
            });
        } finally {
            deleteQuietly(temporary);
        }
        AtomicWrite.force(AtomicWrite.parent(target, real));
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

    static Path current(Path folder) {
        Path old = retired(AtomicWrite.resolved(folder));
        return Files.exists(folder) || !Files.exists(old) ? folder : old;
    }

    private static Path retired(Path folder) {
        return folder.resolveSibling("." + folder.getFileName() + ".replaced.tmp");
    }

    static void requireOnly(Path target, Path real, Map<String, AtomicWrite.Content> files) {
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

    /** Whatever filled the folder, native code too, all of it is on the disk before it takes its name. */
    private static void force(Path folder) throws IOException {
        try (Stream<Path> held = Files.walk(folder)) {
            held.forEach(AtomicWrite::force);
        }
    }

    private static void deleteQuietly(Path folder) {
        try {
            delete(folder);
        } catch (IOException leftOver) {
            System.getLogger(AtomicFolder.class.getName())
                    .log(System.Logger.Level.DEBUG, "a temporary folder is left over", leftOver);
        }
    }

    /** Deletes a folder with all that is in it, if it is there; links are deleted, not followed. */
    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException problem) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
