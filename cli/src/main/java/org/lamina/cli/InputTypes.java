package org.lamina.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;

/** Reads {@code 2,64} or {@code 2,64;2,3:int64}: for each input its sizes and, after a colon, its dtype. */
final class InputTypes {
    private static final String SCALAR = "scalar";

    private InputTypes() {}

    /** The types, of the given dtype where none is named. @throws LaminaException if the text is something else */
    static List<TensorType> parse(String text, DType dtype) {
        return Arrays.stream(text.split(";", -1))
                .map(String::strip)
                .map(input -> type(input, dtype))
                .toList();
    }

    private static TensorType type(String text, DType dtype) {
        int colon = text.indexOf(':');
        String sizes = colon < 0 ? text : text.substring(0, colon);
        return new TensorType(colon < 0 ? dtype : dtype(text.substring(colon + 1), text), shape(sizes.strip(), text));
    }

    private static Shape shape(String sizes, String text) {
        if (sizes.equals(SCALAR)) {
            return Shape.scalar();
        }
        try {
            long[] extents = Arrays.stream(sizes.split(",", -1))
                    .map(String::strip)
                    .mapToLong(Long::parseLong)
                    .toArray();
            if (Arrays.stream(extents).allMatch(extent -> extent >= 0 && extent <= Integer.MAX_VALUE)) {
                return Shape.of(extents);
            }
        } catch (NumberFormatException e) {
            throw malformed(text, e);
        }
        throw malformed(text, null);
    }

    private static DType dtype(String name, String text) {
        for (DType dtype : DType.values()) {
            if (dtype.toString().equals(name.strip().toLowerCase(Locale.ROOT))) {
                return dtype;
            }
        }
        throw malformed(text, null);
    }

    private static LaminaException malformed(String text, @Nullable Throwable cause) {
        return new LaminaException(
                ErrorCode.CONFIGURATION,
                "--input-shape: \"" + text
                        + "\" is no shape, so nothing was initialised. Write sizes as 2,64, several inputs "
                        + "as 2,64;2,3, another dtype as 2,5:int64, and scalar for no axes; a size is at most "
                        + Integer.MAX_VALUE + ".",
                cause);
    }
}
