package org.lamina.io;

import java.nio.file.Path;
import java.util.Set;
import org.lamina.LaminaException;

/** Single entries of zip archives that may be hostile, for formats of other frameworks. */
public final class ArchiveEntry {
    private ArchiveEntry() {}

    /**
     * The bytes of an entry, whose checksum was compared.
     *
     * @throws LaminaException if the archive is damaged or hostile as {@link Bundle#read(Path)} says, or has no such entry
     */
    public static byte[] read(Path archive, String name) {
        try (ZipInput zip = ZipInput.open(archive);
                FileInput entry = zip.read(name)) {
            byte[] bytes = entry.readRest(Integer.MAX_VALUE - 8);
            entry.requireEnd();
            return bytes;
        }
    }

    /** The names of all entries that are files. @throws LaminaException if the archive is damaged or hostile */
    public static Set<String> names(Path archive) {
        try (ZipInput zip = ZipInput.open(archive)) {
            return Set.copyOf(zip.names());
        }
    }
}
