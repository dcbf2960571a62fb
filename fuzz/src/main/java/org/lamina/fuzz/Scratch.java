package org.lamina.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A folder for the files that are read, each overwritten by the next of its name. */
record Scratch(Path folder) {
    /** A new folder, in memory where the system has one there. */
    static Scratch create() {
        Path memory = Path.of("/dev/shm");
        try {
            return new Scratch(
                    Files.isWritable(memory)
                            ? Files.createTempDirectory(memory, "lamina-fuzz")
                            : Files.createTempDirectory("lamina-fuzz"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path file(String name, byte[] content) {
        Path file = folder.resolve(name);
        try {
            if (name.contains("/")) {
                Files.createDirectories(file.getParent());
            }
            return Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An archive of whole entries, so that what is in them is reached whatever a change does to a checksum. */
    Path zip(String name, Map<String, byte[]> entries) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(stored(entry.getKey(), entry.getValue()));
                zip.write(entry.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file(name, bytes.toByteArray());
    }

    private static ZipEntry stored(String name, byte[] content) {
        CRC32 sum = new CRC32();
        sum.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(sum.getValue());
        return entry;
    }

    /** Takes all away. */
    void delete() {
        try (var held = Files.walk(folder)) {
            List<Path> all = held.sorted(java.util.Comparator.reverseOrder()).toList();
            for (Path file : all) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
