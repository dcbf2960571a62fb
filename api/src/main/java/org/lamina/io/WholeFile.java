package org.lamina.io;

import java.nio.file.Path;
import org.lamina.LaminaException;

/** Files that are read at once, for formats of other frameworks. */
public final class WholeFile {
    private WholeFile() {}

    /**
     * The bytes of a file. A device or a pipe, which may have no end, is none.
     *
     * @throws LaminaException if it cannot be read, or has more than 2^31 - 9 bytes
     */
    public static byte[] read(Path file) {
        try (FileInput input = FileInput.open(file)) {
            byte[] bytes = input.readRest(Integer.MAX_VALUE - 8);
            input.requireEnd();
            return bytes;
        }
    }
}
