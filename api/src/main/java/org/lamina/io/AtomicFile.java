package org.lamina.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;

/** Writes a file whole or not at all: into a temporary file beside it, forced to disk, then renamed over it. */
public final class AtomicFile {
    /** What a file is to contain. */
    @FunctionalInterface
    public interface Content {
        /** Writes it; the stream is buffered and closed by the caller. */
        void writeTo(OutputStream out) throws IOException;
    }

    private AtomicFile() {}

    /**
     * Writes or replaces a file. On any failure the old file, or none, is still there, and nothing else is left.
     *
     * @throws LaminaException with {@link ErrorCode#FILE_ACCESS} if it cannot be written
     */
    public static void write(Path file, Content content) {
        Path target = file.toAbsolutePath();
        Path temporary = null;
        try {
            temporary = Files.createTempFile(target.getParent(), "." + target.getFileName(), ".part");
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(temporary))) {
                content.writeTo(out);
            }
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new LaminaException(
                    ErrorCode.FILE_ACCESS,
                    file + " cannot be written (" + e
                            + "); what was there before is unchanged. Check the folder and its free space.",
                    e);
        } finally {
            delete(temporary);
        }
    }

    private static void delete(@Nullable Path temporary) {
        try {
            if (temporary != null) {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            throw new LaminaException(
                    ErrorCode.FILE_ACCESS,
                    "the temporary file " + temporary + " cannot be deleted (" + e + "). Delete it by hand.",
                    e);
        }
    }
}
