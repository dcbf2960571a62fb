package org.lamina.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.lamina.Width;
import org.lamina.graph.Node;
import org.lamina.layer.Layer;
import org.lamina.layer.Trace;

/**
 * The {@code dy} of an input file, or {@code dy0}, {@code dy1}, ...: what the outputs of the same numbers are multiplied by
 * before their sum is differentiated. Ones where the file has none.
 */
final class Cotangents {
    private static final Pattern NAME = Pattern.compile("dy(0|[1-9][0-9]*)?");

    private Cotangents() {}

    /** The dtypes of those in a file. */
    static List<DType> dtypes(InputFile input) {
        List<HostArray> given = new ArrayList<>();
        input.all().forEach((name, value) -> {
            if (NAME.matcher(name).matches()) {
                given.add(value);
            }
        });
        return Width.dtypes(given);
    }

    /**
     * One for each floating output, in order.
     *
     * @throws LaminaException if the file has one that no floating output matches
     */
    static List<HostArray> of(InputFile input, Layer layer, DType width) {
        List<TensorType> outputs = Trace.of(layer, width, input.types(), false).outputs().stream()
                .map(Node::type)
                .toList();
        check(input, outputs);
        List<HostArray> cotangents = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            if (outputs.get(i).dtype().isFloating()) {
                cotangents.add(cotangent(input, i, outputs.get(i)));
            }
        }
        return cotangents;
    }

    private static HostArray cotangent(InputFile input, int index, TensorType type) {
        HostArray given =
                input.all().getOrDefault("dy" + index, index == 0 ? input.all().get("dy") : null);
        if (given == null) {
            return HostArray.full(type, 1);
        }
        if (!given.shape().equals(type.shape())) {
            throw new LaminaException(
                    ErrorCode.SHAPE,
                    input.file() + ": cotangent " + index + " is " + given.shape() + " and the output is "
                            + type.shape() + "; they must be equal. Give one of the output's shape.");
        }
        return Width.cast(given, type.dtype(), input.file() + ": cotangent " + index);
    }

    private static void check(InputFile input, List<TensorType> outputs) {
        for (String name : input.all().keySet()) {
            if (NAME.matcher(name).matches() && !fits(name, outputs, input)) {
                throw new LaminaException(
                        ErrorCode.ARITY,
                        input.file() + ": " + name + " has no output to go with; the outputs are " + outputs
                                + ". Give dy for a single one, dy0, dy1, ... for several, and none for integers.");
            }
        }
    }

    private static boolean fits(String name, List<TensorType> outputs, InputFile input) {
        if (name.equals("dy")) {
            return outputs.size() == 1
                    && isFloating(outputs.get(0))
                    && !input.all().containsKey("dy0");
        }
        String number = name.substring(2);
        return number.length() < 6
                && Integer.parseInt(number) < outputs.size()
                && isFloating(outputs.get(Integer.parseInt(number)));
    }

    private static boolean isFloating(TensorType type) {
        DType dtype = type.dtype();
        return dtype.isFloating();
    }
}
