package org.lamina.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.lamina.Width;

/**
 * The inputs of a layer: {@code x}, or {@code x0}, {@code x1}, ..., of one file. Arrays of other names are left alone, but not those
 * that are most likely one of these or a cotangent, misspelt.
 *
 * @param file where it was read from
 * @param inputs by name, in order
 * @param all every array of the file
 */
record InputFile(Path file, Map<String, HostArray> inputs, Map<String, HostArray> all) {
    private static final Pattern NUMBERED = Pattern.compile("x(0|[1-9][0-9]*)");

    private static final Pattern KNOWN = Pattern.compile("d?[xy](0|[1-9][0-9]*)?");

    static InputFile read(Path file) {
        return of(file, ArrayFile.read(file));
    }

    static InputFile of(Path file, Map<String, HostArray> all) {
        requireNoMisspelt(file, all.keySet());
        return new InputFile(file, inputs(file, all), all);
    }

    /** With float inputs in a width. */
    InputFile in(DType width) {
        Map<String, HostArray> cast = new LinkedHashMap<>();
        inputs.forEach((name, value) -> cast.put(name, Width.cast(value, width, file + ": " + name)));
        return new InputFile(file, cast, all);
    }

    List<DType> dtypes() {
        return Width.dtypes(inputs.values());
    }

    private static void requireNoMisspelt(Path file, Set<String> names) {
        for (String name : names) {
            String meant = name.toLowerCase(Locale.ROOT).replaceAll("[_.]", "");
            if (!meant.equals(name) && KNOWN.matcher(meant).matches()) {
                throw new LaminaException(
                        ErrorCode.NAME,
                        file + ": there is no array " + name + ", and " + meant
                                + " has this meaning; nothing was run. Call it " + meant + ", or leave it out.");
            }
        }
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
