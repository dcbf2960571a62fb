package org.lamina.djl;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;

/**
 * The arrays in a file that DJL saved, each of which begins with a mark. DJL's own reader allocates what a file asks for and has
 * native code make an array of it, so every mark is followed and what stands behind it checked first, wherever in the file it is.
 */
final class DjlSavedArrays {
    /** A length of two bytes and the word that DJL's reader insists on. */
    private static final byte[] MARK = "\0\4NDAR".getBytes(StandardCharsets.ISO_8859_1);

    private static final int NAMED = 3;
    private static final int NEWEST = 3;
    private static final int MOST_AXES = 32;
    private static final Map<String, Integer> WIDTHS =
            Map.of("FLOAT32", 4, "FLOAT64", 8, "INT32", 4, "INT64", 8, "BOOLEAN", 1);

    private final Path file;
    private final ByteBuffer bytes;

    private DjlSavedArrays(Path file, byte[] bytes) {
        this.file = file;
        this.bytes = ByteBuffer.wrap(bytes);
    }

    /** Refuses arrays that are not whole. @throws LaminaException if one is not */
    static void requireSound(Path file, byte[] bytes) {
        DjlSavedArrays arrays = new DjlSavedArrays(file, bytes);
        for (int at = 0; at <= bytes.length - MARK.length; at++) {
            if (ByteBuffer.wrap(bytes, at, MARK.length).equals(ByteBuffer.wrap(MARK))) {
                try {
                    arrays.check(at + MARK.length);
                } catch (BufferUnderflowException e) {
                    throw arrays.malformed("an array ends too early");
                }
            }
        }
    }

    /** How many arrays begin at a place or after it. */
    static int count(byte[] bytes, int from) {
        int count = 0;
        for (int at = from; at <= bytes.length - MARK.length; at++) {
            count += ByteBuffer.wrap(bytes, at, MARK.length).equals(ByteBuffer.wrap(MARK)) ? 1 : 0;
        }
        return count;
    }

    private void check(int at) {
        bytes.position(at);
        int version = bytes.getInt();
        if (version < 1 || version > NEWEST) {
            throw malformed("an array has version " + version + " of the format");
        }
        if (version >= NAMED && bytes.get() == 1) {
            text();
        }
        String sparseness = text();
        Integer width = WIDTHS.get(text());
        if (!sparseness.equals("DENSE") || width == null) {
            throw malformed("an array is not one of float32, float64, int32, int64 or boolean with all its elements");
        }
        long size = size(width);
        if (version > 1) {
            bytes.get();
        }
        int length = bytes.getInt();
        if (length != size || length > bytes.remaining()) {
            throw malformed(
                    "an array of " + size + " bytes has " + length + " of the " + bytes.remaining() + " that follow");
        }
    }

    private String text() {
        byte[] text = new byte[Math.min(bytes.getShort() & 0xffff, bytes.remaining() + 1)];
        bytes.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    /** How many bytes an array has by its shape; after its sizes, DJL says what each axis is. */
    private long size(int width) {
        int axes = bytes.getInt();
        if (axes < 0 || axes > MOST_AXES) {
            throw malformed("an array has " + axes + " axes");
        }
        long size = width;
        for (int axis = 0; axis < axes; axis++) {
            long extent = bytes.getLong();
            size = extent < 0 || (extent != 0 && size > Integer.MAX_VALUE / extent) ? Long.MAX_VALUE : size * extent;
            if (size > Integer.MAX_VALUE) {
                throw malformed("an array has a size of " + extent + " along an axis");
            }
        }
        int letters = bytes.getInt();
        if (letters < 0 || letters > MOST_AXES) {
            throw malformed("an array says of " + letters + " axes what they are");
        }
        bytes.position(Math.min(bytes.position() + letters * Character.BYTES, bytes.limit()));
        return size;
    }

    private LaminaException malformed(String fact) {
        return new LaminaException(
                ErrorCode.FILE_FORMAT,
                file + ": " + fact
                        + "; nothing was loaded. The file is damaged or of another format: copy it again from its source or "
                        + "write it anew.");
    }
}
