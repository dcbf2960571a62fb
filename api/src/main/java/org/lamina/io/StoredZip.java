package org.lamina.io;

import java.io.IOException;
import java.io.OutputStream;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes zip archives whose bytes depend on their content alone. Entries are not compressed: weights hardly shrink, and what
 * deflate gives differs between versions of zlib.
 */
final class StoredZip {
    /** The earliest time that a zip archive can hold. */
    private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private StoredZip() {}

    static void write(OutputStream out, Map<String, AtomicWrite.Content> entries) throws IOException {
        ZipOutputStream zip = new ZipOutputStream(out);
        for (Map.Entry<String, AtomicWrite.Content> content : entries.entrySet()) {
            zip.putNextEntry(entry(content.getKey(), content.getValue()));
            content.getValue().writeTo(zip);
            zip.closeEntry();
        }
        zip.finish();
    }

    /** A stored entry states its size and checksum before its content, so the content is written once for counting. */
    private static ZipEntry entry(String name, AtomicWrite.Content content) throws IOException {
        CountingStream counting = new CountingStream();
        CheckedOutputStream checked = new CheckedOutputStream(counting, new CRC32());
        content.writeTo(checked);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(counting.count);
        entry.setCompressedSize(counting.count);
        entry.setCrc(checked.getChecksum().getValue());
        entry.setTimeLocal(TIME);
        return entry;
    }

    private static final class CountingStream extends OutputStream {
        private long count;

        @Override
        public void write(int b) {
            count++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            count += length;
        }
    }
}
