package org.lamina.io;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Reads a zip archive that may be hostile. Nothing in it becomes a path of the file system; names that would leave a folder if it
 * were unpacked are refused all the same, and so are names that occur twice and entries that would grow beyond reason.
 */
final class ZipInput implements Closeable {
    /** Deflate gives at most 1032 bytes for one. */
    private static final int POSSIBLE_GROWTH = 1032;
    /** Weights compress to a hundredth only if they are all alike, and then they are small. */
    private static final int PLAUSIBLE_GROWTH = 100;

    private static final long SMALL = 64L << 20;
    /** What an entry takes at least beside its data and its name, which stands in the archive twice. */
    private static final int HEADERS = 30 + 46;

    private static final int MOST_ENTRIES = 100_000;

    private final String file;
    private final ZipFile zip;
    private final Map<String, ZipEntry> entries;

    private ZipInput(String file, ZipFile zip) {
        this.file = file;
        this.zip = zip;
        this.entries = entries();
    }

    static ZipInput open(Path path) {
        String file = path.toString();
        try {
            if (!Files.isRegularFile(path)) {
                Files.size(path);
                throw FileErrors.malformed(file, "this is no zip archive, as it is no regular file");
            }
            return checked(file, Files.size(path), new ZipFile(path.toFile()));
        } catch (ZipException e) {
            throw FileErrors.malformed(file, "this is no whole zip archive (" + e.getMessage() + ")");
        } catch (IllegalArgumentException e) {
            // What ZipFile throws for names that it cannot decode.
            throw FileErrors.malformed(file, "the archive has an entry whose name is not UTF-8");
        } catch (IOException e) {
            throw FileErrors.unreadable(file, e);
        }
    }

    private static ZipInput checked(String file, long length, ZipFile zip) throws IOException {
        try {
            ZipInput input = new ZipInput(file, zip);
            input.requirePlausible(length);
            return input;
        } catch (RuntimeException e) {
            zip.close();
            throw e;
        }
    }

    private Map<String, ZipEntry> entries() {
        if (zip.size() > MOST_ENTRIES) {
            throw FileErrors.malformed(file, "the archive has " + zip.size() + " entries, more than " + MOST_ENTRIES);
        }
        Map<String, ZipEntry> found = new LinkedHashMap<>();
        zip.stream().forEach(entry -> {
            requireSafe(entry.getName());
            if (found.put(entry.getName(), entry) != null) {
                throw FileErrors.malformed(file, "the archive has two entries called " + entry.getName());
            }
        });
        found.values().removeIf(ZipEntry::isDirectory);
        return Collections.unmodifiableMap(found);
    }

    /** Entries that share their data could make a small archive stand for any amount of it, each of them believable. */
    private void requirePlausible(long length) {
        long packed = 0;
        long size = 0;
        for (ZipEntry entry : entries.values()) {
            packed = saturated(packed, entry.getCompressedSize());
            packed = saturated(packed, HEADERS + 2L * entry.getName().length());
            size = saturated(size, entry.getSize());
        }
        if (packed > length) {
            throw FileErrors.malformed(
                    file,
                    "its entries overlap: they need " + packed + " bytes in an archive of " + length,
                    "Do not unpack it; get it from a source you trust.");
        }
        if (size > SMALL && size / PLAUSIBLE_GROWTH > length) {
            throw FileErrors.malformed(
                    file,
                    "its entries would grow from " + length + " to " + size + " bytes, more than is believable",
                    "If you trust it, unpack it and use the files.");
        }
    }

    private static long saturated(long sum, long next) {
        return next < 0 || sum > Long.MAX_VALUE - next ? Long.MAX_VALUE : sum + next;
    }

    private void requireSafe(String name) {
        boolean leaves = name.startsWith("/")
                || name.contains("\\")
                || name.contains(":")
                || ("/" + name + "/").contains("/../");
        if (leaves || name.isEmpty() || name.chars().anyMatch(Character::isISOControl)) {
            throw FileErrors.malformed(
                    file,
                    "the archive has an entry called \"" + name
                            + "\", which would lie outside of a folder it is unpacked to",
                    "Do not unpack it; get it from a source you trust.");
        }
    }

    /** The names of the entries that are files, in the archive's order. */
    Set<String> names() {
        return entries.keySet();
    }

    /** The content of an entry; its size and checksum are checked when it is read to its end. */
    FileInput read(String name) {
        ZipEntry entry = entries.get(name);
        if (entry == null) {
            throw FileErrors.malformed(file, "the archive has no entry " + name + "; it has " + names());
        }
        requirePlausible(entry);
        String place = file + ", entry " + name;
        try {
            InputStream content = new BufferedInputStream(zip.getInputStream(entry));
            return new FileInput(place, entry.getSize(), new Verified(place, content, entry.getCrc()));
        } catch (ZipException e) {
            throw FileErrors.malformed(place, "it cannot be unpacked (" + e.getMessage() + ")");
        } catch (IOException e) {
            throw FileErrors.unreadable(place, e);
        }
    }

    private void requirePlausible(ZipEntry entry) {
        long size = entry.getSize();
        long packed = entry.getCompressedSize();
        boolean stored = entry.getMethod() == ZipEntry.STORED;
        boolean possible = size >= 0 && packed >= 0 && (stored ? size == packed : size / POSSIBLE_GROWTH <= packed);
        if (!possible || (size > SMALL && size / PLAUSIBLE_GROWTH > packed)) {
            throw FileErrors.malformed(
                    file,
                    "entry " + entry.getName() + " would grow from " + packed + " to " + size
                            + " bytes, more than is believable",
                    "If you trust it, unpack it and use the files.");
        }
    }

    @Override
    public void close() {
        try {
            zip.close();
        } catch (IOException e) {
            throw FileErrors.unreadable(file, e);
        }
    }

    /** Compares the checksum at the end, which {@link ZipFile} does not. */
    private static final class Verified extends CheckedInputStream {
        private final String place;
        private final long expected;

        Verified(String place, InputStream in, long expected) {
            super(in, new CRC32());
            this.place = place;
            this.expected = expected;
        }

        @Override
        public int read() throws IOException {
            return verified(super.read());
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            return verified(super.read(buffer, offset, length));
        }

        private int verified(int read) {
            if (read < 0 && getChecksum().getValue() != expected) {
                throw FileErrors.malformed(place, "its bytes do not have the checksum that the archive says");
            }
            return read;
        }
    }
}
