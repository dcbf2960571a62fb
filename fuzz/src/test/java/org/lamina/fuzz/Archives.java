package org.lamina.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.lamina.io.ArchiveEntry;

/** Zip archives that no honest program writes. */
final class Archives {
    /** Where an entry of the central directory has its fields, counted from its mark. */
    private static final int SIZE = 24;

    private static final int ATTRIBUTES = 38;
    private static final int OFFSET = 42;
    private static final String CENTRAL = "PK\1\2";

    private Archives() {}

    /** The entries of a whole archive. */
    static Map<String, byte[]> entries(byte[] archive, Scratch scratch) {
        var path = scratch.file("whole", archive);
        Map<String, byte[]> entries = new LinkedHashMap<>();
        ArchiveEntry.names(path).forEach(name -> entries.put(name, ArchiveEntry.read(path, name)));
        return entries;
    }

    static byte[] compressed(Map<String, byte[]> entries) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setLevel(Deflater.BEST_COMPRESSION);
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** One name in all places instead of another of the same length. */
    static byte[] renamed(byte[] archive, String from, String to) {
        return bytes(text(archive).replace(from, to));
    }

    /** An entry that unpackers make a symbolic link, to what it holds. */
    static byte[] linked(byte[] archive, int index) {
        return with(archive, index, ATTRIBUTES, 0xa1ff0000);
    }

    /** An entry that says it has another size. */
    static byte[] resized(byte[] archive, int index, int size) {
        return with(archive, index, SIZE, size);
    }

    /** An entry whose data is that of the first. */
    static byte[] overlapping(byte[] archive, int index) {
        byte[] copy = archive.clone();
        int first = central(archive, 0);
        int other = central(archive, index);
        // The checksum and both sizes too.
        System.arraycopy(archive, first + 16, copy, other + 16, 12);
        return with(copy, index, OFFSET, little(archive).getInt(first + OFFSET));
    }

    private static byte[] with(byte[] archive, int index, int field, int value) {
        byte[] copy = archive.clone();
        little(copy).putInt(central(archive, index) + field, value);
        return copy;
    }

    private static ByteBuffer little(byte[] archive) {
        return ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int central(byte[] archive, int index) {
        int at = -1;
        for (int i = 0; i <= index; i++) {
            at = text(archive).indexOf(CENTRAL, at + 1);
        }
        return at;
    }

    private static String text(byte[] archive) {
        return new String(archive, StandardCharsets.ISO_8859_1);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
