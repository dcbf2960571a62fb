package org.lamina.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.TensorType;

/**
 * What a layer is given: {@code x}, or {@code x0}, {@code x1}, ..., of one file. Arrays of other names are left alone.
 *
 * @param file where it was read from
 * @param inputs by name, in order
 * @param all every array of the file
 * @param width the floating dtype of the work: the inputs' own, float32 if they are all integers
 */
record InputFile(Path file, Map<String, HostArray> inputs, Map<String, HostArray> all, DType width) {
    private static final Pattern NUMBERED = Pattern.compile("x(0|[1-9][0-9]*)");

    static InputFile read(Path file) {
        return of(file, ArrayFile.read(file));
    }

    static InputFile of(Path file, Map<String, HostArray> all) {
        Map<String, HostArray> inputs = inputs(file, all);
        Set<DType> widths = new TreeSet<>();
        inputs.values().stream().map(HostArray::dtype).filter(DType::isFloating).forEach(widths::add);
        if (widths.size() > 1) {
            throw new LaminaException(
                    ErrorCode.DTYPE,
                    file
                            + ": its inputs are both float32 and float64, and the work is done in one of them. Cast them to one.");
        }
        return new InputFile(file, inputs, all, widths.stream().findFirst().orElse(DType.FLOAT32));
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
