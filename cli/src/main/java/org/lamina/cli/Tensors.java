package org.lamina.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.io.Npz;
import org.lamina.io.Safetensors;

/** Named tensors in the files that commands take. */
final class Tensors {
    private Tensors() {}

    /** All tensors of a safetensors or npz file. */
    static Map<String, HostArray> read(Path file) {
        return file.toString().endsWith(".npz")
                ? Npz.read(file)
                : Safetensors.read(file).tensors();
    }

    /** The tensors x, or x0, x1, ... for the prefix x; none if there are none. */
    static List<HostArray> numbered(Map<String, HostArray> tensors, String prefix) {
        HostArray only = tensors.get(prefix);
        if (only != null) {
            return List.of(only);
        }
        List<HostArray> numbered = new ArrayList<>();
        for (HostArray next = tensors.get(prefix + 0); next != null; next = tensors.get(prefix + numbered.size())) {
            numbered.add(next);
        }
        return numbered;
    }

    /** The inputs of a file. @throws LaminaException if there are none, or floating ones of two widths */
    static List<HostArray> inputs(Path file, Map<String, HostArray> tensors) {
        List<HostArray> inputs = numbered(tensors, "x");
        if (inputs.isEmpty()) {
            throw new LaminaException(
                    ErrorCode.ARITY,
                    file + " holds " + tensors.keySet()
                            + " and no x, so there is no input. Name the input x, or x0, x1, ...");
        }
        if (inputs.stream()
                        .map(HostArray::dtype)
                        .filter(DType::isFloating)
                        .distinct()
                        .count()
                > 1) {
            throw new LaminaException(
                    ErrorCode.DTYPE,
                    file + " holds inputs "
                            + inputs.stream().map(HostArray::type).toList()
                            + ", and work is done in one float width. Cast one of them.");
        }
        return inputs;
    }

    /** The float width of the work: the inputs', or float32 if all are integers. */
    static DType width(List<HostArray> inputs) {
        return inputs.stream()
                .map(HostArray::dtype)
                .filter(DType::isFloating)
                .findFirst()
                .orElse(DType.FLOAT32);
    }

    /** The name of tensor {@code index} of {@code count}: the prefix alone if it is the only one. */
    static String name(String prefix, int index, int count) {
        return count == 1 ? prefix : prefix + index;
    }

    /** {@code out.safetensors} as {@code out.tf.safetensors}. */
    static Path forBackend(Path output, String backend) {
        String name = String.valueOf(output.getFileName());
        int dot = name.lastIndexOf('.');
        String marked = dot < 0 ? name + "." + backend : name.substring(0, dot) + "." + backend + name.substring(dot);
        return output.resolveSibling(marked);
    }
}
