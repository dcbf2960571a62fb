package org.lamina.layer;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.lamina.ErrorCode;

/** How layers and what they declare are called. */
final class LayerNames {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]+");

    private LayerNames() {}

    /** The simple name of a layer's class, or {@code lambda}. */
    static String of(Layer layer) {
        Class<?> type = layer.getClass();
        boolean nameless =
                type.isHidden() || type.isSynthetic() || type.getSimpleName().isEmpty();
        return nameless ? "lambda" : type.getSimpleName();
    }

    /** The path of a name inside a scope. */
    static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    static void check(Scope scope, @Nullable String name) {
        if (name == null || !NAME.matcher(name).matches()) {
            throw scope.error(
                    ErrorCode.NAME,
                    "the name \"" + name
                            + "\" cannot be part of a path. Use letters, digits, '_' and '-', and no dot.");
        }
    }
}
