package org.lamina.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.layer.Layer;
import org.lamina.layer.Trace;

/** Reads {@code 2,64} or {@code 2,64;2,3:int64}: for each input its sizes and, after a colon, its dtype. */
final class InputTypes {
    private static final String SCALAR = "scalar";
    private static final int MOST_GUESSED = 8;

    private InputTypes() {}

    /**
     * The types, and where no dtype is named the one that the layer needs: floats of a width if it takes them, else int64, else bool.
     *
     * @throws LaminaException CONFIGURATION if the text is something else; DTYPE if several inputs may be the integers; what the layer
     *     finds wrong with floats if it takes no dtype
     */
    static List<TensorType> of(String text, Layer layer, DType width) {
        List<TensorType> floats = parse(text, width);
        LaminaException refused = refusal(layer, width, floats);
        if (refused == null) {
            return floats;
        }
        List<Integer> unnamed = unnamed(text);
        for (int count = 1; count <= unnamed.size(); count++) {
            for (DType dtype : List.of(DType.INT64, DType.BOOL)) {
                List<List<TensorType>> taken = taken(layer, width, floats, choices(unnamed, count), dtype);
                if (taken.size() > 1) {
                    throw new LaminaException(
                            ErrorCode.DTYPE,
                            "--input-shape: the layer takes each of " + taken
                                    + ", so which inputs are integers is not known. Name the dtypes, as in 2,5:int64.");
                }
                if (taken.size() == 1) {
                    return taken.get(0);
                }
            }
        }
        throw refused;
    }

    private static @Nullable LaminaException refusal(Layer layer, DType width, List<TensorType> types) {
        try {
            Trace.of(layer, width, types, false);
            return null;
        } catch (LaminaException e) {
            return e;
        }
    }

    private static List<Integer> unnamed(String text) {
        String[] inputs = text.split(";", -1);
        return IntStream.range(0, Math.min(inputs.length, MOST_GUESSED))
                .filter(i -> inputs[i].indexOf(':') < 0)
                .boxed()
                .toList();
    }

    /** All ways to choose so many of some places. */
    private static List<List<Integer>> choices(List<Integer> places, int count) {
        return IntStream.range(1, 1 << places.size())
                .filter(bits -> Integer.bitCount(bits) == count)
                .mapToObj(bits -> IntStream.range(0, places.size())
                        .filter(i -> (bits >> i & 1) == 1)
                        .mapToObj(places::get)
                        .toList())
                .toList();
    }

    private static List<List<TensorType>> taken(
            Layer layer, DType width, List<TensorType> floats, List<List<Integer>> choices, DType dtype) {
        List<List<TensorType>> taken = new ArrayList<>();
        for (List<Integer> choice : choices) {
            List<TensorType> types = new ArrayList<>(floats);
            choice.forEach(place -> types.set(place, types.get(place).with(dtype)));
            if (refusal(layer, width, types) == null) {
                taken.add(types);
            }
        }
        return taken;
    }

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
