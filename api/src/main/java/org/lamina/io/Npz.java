package org.lamina.io;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.lamina.Arguments;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;

/**
 * Reads arrays that NumPy saved, {@code .npz} archives and single {@code .npy} files of format 1.0, 2.0 and 3.0, and writes archives.
 *
 * <p>The dtypes are float32, float64, int32, int64 and bool, in either byte order, in C or Fortran order; in memory they are in C
 * order. Others are refused by name. Arrays of Python objects are pickles, which can run code when loaded, and are never read.
 */
public final class Npz {
    private static final String SUFFIX = ".npy";

    private Npz() {}

    /**
     * The arrays of an archive by name, as {@code np.savez} and {@code np.savez_compressed} write it, in its order.
     *
     * @throws LaminaException with {@link ErrorCode#FILE_FORMAT} if the file is not exactly what the format says, or holds a
     *     dtype that Lamina does not have; with {@link ErrorCode#FILE_ACCESS} if it cannot be read
     */
    public static Map<String, HostArray> read(Path file) {
        Arguments.require(file, "Npz.read", "file");
        Map<String, HostArray> arrays = new LinkedHashMap<>();
        try (ZipInput zip = ZipInput.open(file)) {
            for (String entry : zip.names()) {
                if (!entry.endsWith(SUFFIX)) {
                    throw FileErrors.malformed(
                            file.toString(), "the archive has an entry called " + entry + ", which is no " + SUFFIX);
                }
                try (FileInput input = zip.read(entry)) {
                    arrays.put(entry.substring(0, entry.length() - SUFFIX.length()), NpyReader.read(input));
                }
            }
        }
        return Collections.unmodifiableMap(arrays);
    }

    /**
     * The array of a {@code .npy} file, as {@code np.save} writes it.
     *
     * @throws LaminaException as {@link #read} does
     */
    public static HostArray readArray(Path file) {
        Arguments.require(file, "Npz.readArray", "file");
        try (FileInput input = FileInput.open(file)) {
            return NpyReader.read(input);
        }
    }

    /** An archive of arrays for {@code np.load}, uncompressed. The same arrays in the same order give the same bytes. */
    public static AtomicWrite.Content content(Map<String, HostArray> arrays) {
        Arguments.requireAll(arrays, "Npz.content", "arrays");
        Map<String, AtomicWrite.Content> entries = new LinkedHashMap<>();
        arrays.forEach((name, array) -> entries.put(name + SUFFIX, new NpyWriter(array)));
        return out -> StoredZip.write(out, entries);
    }
}
