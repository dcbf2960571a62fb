package org.lamina.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.layer.Declaration;

/** Weights that are given are all that a layer declares, or nothing is changed. */
final class Dl4jWeights {
    private Dl4jWeights() {}

    /** @throws LaminaException WEIGHTS, with all that is missing, unexpected or of another type */
    static void requireFit(String name, Map<String, Declaration> declarations, Map<String, HostArray> given) {
        List<String> wrong = new ArrayList<>();
        Stream.concat(declarations.keySet().stream(), given.keySet().stream())
                .distinct()
                .forEach(path -> {
                    Declaration declaration = declarations.get(path);
                    HostArray value = given.get(path);
                    if (value == null) {
                        wrong.add("missing " + path);
                    } else if (declaration == null) {
                        wrong.add("unexpected " + path + " " + value.type());
                    } else if (!declaration.type().equals(value.type())) {
                        wrong.add(path + " is " + declaration.type() + " in the layer and " + value.type()
                                + " in the weights");
                    }
                });
        if (!wrong.isEmpty()) {
            throw new LaminaException(
                    ErrorCode.WEIGHTS,
                    "weights: they do not fit layer " + name + ", and nothing was set: " + String.join("; ", wrong)
                            + ". Give the weights of this architecture.");
        }
    }
}
