package org.lamina.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.lamina.Width;

/**
 * What a layer is given: {@code x}, or {@code x0}, {@code x1}, ..., of one file. Arrays of other names are left alone.
 *
 * @param file where it was read from
 * @param inputs by name, in order
 * @param all every array of the file
 */
record InputFile(Path file, Map<String, HostArray> inputs, Map<String, HostArray> all) {
    private static final Pattern NUMBERED = Pattern.compile("x(0|[1-9][0-9]*)");

    static InputFile read(Path file) {
        return of(file, ArrayFile.read(file));
    }

    static InputFile of(Path file, Map<String, HostArray> all) {
        return new InputFile(file, inputs(file, all), all);
    }

    /** With float inputs in a width. */
    InputFile in(DType width) {
        Map<String, HostArray> cast = new LinkedHashMap<>();
        inputs.forEach((name, value) -> cast.put(name, cast(value, width)));
        return new InputFile(file, cast, all);
    }

    static HostArray cast(HostArray value, DType width) {
        return value.dtype().isFloating() ? value.cast(width) : value;
    }

    List<DType> dtypes() {
        return Width.dtypes(inputs.values());
    }

    private static Map<String, HostArray> inputs(Path file, Map<String, HostArray> all) {
        List<String> names = new ArrayList<>();
        if (all.containsKey("x")) {
            names.add("x");
        } else {
            for (int i = 0; all.containsKey("x" + i); i++) {
                names.add("x" + i);
            }
        }
        long numbered = all.keySet().stream()
                .filter(name -> NUMBERED.matcher(name).matches())
                .count();
        boolean ambiguous = names.contains("x") ? numbered > 0 : numbered != names.size();
        if (names.isEmpty() || ambiguous) {
            throw new LaminaException(
                    ErrorCode.NAME,
                    file + ": a layer takes x, or x0, x1, ... without a gap, and the file holds " + all.keySet()
                            + ". Rename its arrays.");
        }
        Map<String, HostArray> inputs = new LinkedHashMap<>();
        names.forEach(name -> inputs.put(name, all.get(name)));
        return inputs;
    }

    List<HostArray> values() {
        return List.copyOf(inputs.values());
    }

    List<TensorType> types() {
        return inputs.values().stream().map(HostArray::type).toList();
    }
}
