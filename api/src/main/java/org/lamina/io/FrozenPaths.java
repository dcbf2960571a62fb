package org.lamina.io;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.lamina.Arguments;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;

/**
 * Which values of a model are frozen, in the metadata of its weights: under {@code lamina/frozen}, as {@code
 * ["0.weight","0.bias"]}. No path has a slash, so it is not taken for the path of a shared parameter.
 */
public final class FrozenPaths {
    private static final String KEY = "lamina/frozen";
    private static final Pattern PATH = Pattern.compile("\"([A-Za-z0-9_.-]+)\"");
    private static final Pattern LIST = Pattern.compile("\\[(" + PATH + "(," + PATH + ")*)?]");

    private FrozenPaths() {}

    /** Metadata with these paths. */
    public static Map<String, String> added(Map<String, String> metadata, Set<String> frozen) {
        Map<String, String> added =
                new LinkedHashMap<>(Arguments.requireAll(metadata, "FrozenPaths.added", "metadata"));
        added.put(
                KEY,
                Arguments.require(frozen, "FrozenPaths.added", "frozen").stream()
                        .map(path -> "\"" + path + "\"")
                        .collect(Collectors.joining(",", "[", "]")));
        return added;
    }

    /** True if a file says which paths are frozen, even if none is. */
    public static boolean areIn(Safetensors weights) {
        return Arguments.require(weights, "FrozenPaths.areIn", "weights")
                .metadata()
                .containsKey(KEY);
    }

    /**
     * The frozen paths of weights, in order; none if the file does not say.
     *
     * @throws LaminaException FILE_FORMAT if it names something that is no path, or that the weights have not
     */
    public static Set<String> of(Safetensors weights) {
        String text = Arguments.require(weights, "FrozenPaths.of", "weights")
                .metadata()
                .getOrDefault(KEY, "[]");
        if (!LIST.matcher(text).matches()) {
            throw wrong(text + " is no list of paths");
        }
        Set<String> frozen = new LinkedHashSet<>();
        Matcher paths = PATH.matcher(text);
        while (paths.find()) {
            frozen.add(paths.group(1));
        }
        if (!weights.tensors().keySet().containsAll(frozen)) {
            throw wrong(
                    text + " names others than the weights " + weights.tensors().keySet());
        }
        return frozen;
    }

    private static LaminaException wrong(String fact) {
        return new LaminaException(
                ErrorCode.FILE_FORMAT,
                "weights: of the metadata \"" + KEY + "\", " + fact
                        + ", so it is not known what is to be trained; nothing was loaded. Write the model again.");
    }
}
