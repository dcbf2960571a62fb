package org.lamina.io;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.zip.ZipException;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;

/** A stream of known length that is read to its end, with errors that name it. */
final class FileInput implements Closeable {
    private final String name;
    private final long size;
    private final InputStream in;
    /** The time of the last change, asked for again at the end; a constant for what is in an archive, which has checksums. */
    private final ChangeTime changed;

    private final FileTime opened;
    private long position;

    private interface ChangeTime {
        FileTime get() throws IOException;
    }

    FileInput(String name, long size, InputStream in) {
        this(name, size, in, FileTime.fromMillis(0), () -> FileTime.fromMillis(0));
    }

    private FileInput(String name, long size, InputStream in, FileTime opened, ChangeTime changed) {
        this.name = name;
        this.size = size;
        this.in = in;
        this.opened = opened;
        this.changed = changed;
    }

    static FileInput open(Path file) {
        String name = file.toString();
        try {
            if (Files.isDirectory(file)) {
                throw new LaminaException(
                        ErrorCode.FILE_ACCESS,
                        name + ": this is a folder, so it could not be read. Name a file in it.");
            }
            FileTime opened = Files.getLastModifiedTime(file);
            long size = Files.size(file);
            // A pipe would be waited for, and a device may have no end.
            if (!Files.isRegularFile(file)) {
                throw new LaminaException(
                        ErrorCode.FILE_ACCESS,
                        name + ": this is no regular file, so it could not be read. Copy what it gives to a file.");
            }
            InputStream in = new BufferedInputStream(Files.newInputStream(file));
            return new FileInput(name, size, in, opened, () -> Files.getLastModifiedTime(file));
        } catch (IOException e) {
            throw FileErrors.unreadable(name, e);
        }
    }

    String name() {
        return name;
    }

    long size() {
        return size;
    }

    /** The bytes that were not read yet, as far as the file's size tells. */
    long remaining() {
        return size - position;
    }

    /** The next bytes; {@code count} is at most {@link #remaining}, so no more is allocated than the file has. */
    byte[] read(int count) {
        if (count > remaining()) {
            throw FileErrors.malformed(name, "it ends after " + size + " bytes, too early");
        }
        try {
            byte[] bytes = new byte[count];
            int got = in.readNBytes(bytes, 0, count);
            if (got < count) {
                throw FileErrors.malformed(name, "it ended while it was read, " + (remaining() - got) + " bytes early");
            }
            position += count;
            return bytes;
        } catch (ZipException e) {
            throw FileErrors.malformed(name, "its compressed data is damaged (" + e.getMessage() + ")");
        } catch (IOException e) {
            throw FileErrors.unreadable(name, e);
        }
    }

    /** All that was not read yet. */
    byte[] readRest(long limit) {
        if (remaining() > limit) {
            throw FileErrors.malformed(
                    name, "it has " + size + " bytes and at most " + limit + " are read", "Give a smaller file.");
        }
        return read((int) remaining());
    }

    /** Refuses what follows the end, which is there if the file grew while it was read, and a mixture of an old and a new file. */
    void requireEnd() {
        try {
            if (!changed.get().equals(opened)) {
                throw FileErrors.malformed(
                        name, "it was changed while it was read", "Read it again when nothing writes to it any more.");
            }
            if (remaining() > 0 || in.read() >= 0) {
                throw FileErrors.malformed(name, "there are bytes after the end of its content");
            }
        } catch (ZipException e) {
            throw FileErrors.malformed(name, "its compressed data is damaged (" + e.getMessage() + ")");
        } catch (IOException e) {
            throw FileErrors.unreadable(name, e);
        }
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw FileErrors.unreadable(name, e);
        }
    }
}
