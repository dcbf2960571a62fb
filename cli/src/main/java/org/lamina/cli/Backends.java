package org.lamina.cli;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lamina.Backend;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;

/** Which backends a command works on. */
final class Backends {
    /** The oracle, which is chosen by name only. */
    static final String REFERENCE = "reference";

    /** Where an option's value is split: each part keeps its comma, as empty parts at the end would be dropped unseen. */
    static final String AFTER_COMMA = "(?<=,)";

    private Backends() {}

    /**
     * The named backends; without names the one that the property {@code lamina.backend} names, else the only one.
     *
     * @throws LaminaException if one is not there, is named twice or not at all, or there is no choice and not exactly one
     */
    static List<String> chosen(@Nullable List<String> names) {
        if (names != null) {
            return checked(names);
        }
        String property = System.getProperty("lamina.backend");
        if (property != null) {
            return checked(List.of(property));
        }
        List<String> candidates = frameworks();
        if (candidates.size() > 1) {
            throw new LaminaException(
                    ErrorCode.BACKEND_CHOICE,
                    "several backends are on the class path: " + String.join(", ", candidates)
                            + ". Nothing was run. Choose with --backend, as in --backend " + candidates.get(0) + ".");
        }
        return candidates;
    }

    /** The named backends; without names all but the oracle. */
    static List<String> chosenOrAll(@Nullable List<String> names) {
        return names == null ? frameworks() : checked(names);
    }

    private static List<String> frameworks() {
        List<String> found = new ArrayList<>(Backend.available());
        found.remove(REFERENCE);
        if (found.isEmpty()) {
            throw new LaminaException(
                    ErrorCode.BACKEND_CHOICE,
                    "no backend is on the class path, so there is nothing to run on. Set LAMINA_PROFILE to one of dl4j, djl, "
                            + "djl-mxnet, tf or all.");
        }
        return found;
    }

    /** All names are looked up before the first framework is loaded, which takes a second or two. */
    private static List<String> checked(List<String> parts) {
        List<String> names = names(parts);
        List<String> available = Backend.available();
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            if (name.isBlank() || !seen.add(name)) {
                throw new LaminaException(
                        ErrorCode.BACKEND_CHOICE,
                        "--backend \"" + String.join(",", names) + "\" "
                                + (name.isBlank() ? "holds an empty name" : "names " + name + " twice")
                                + ". Nothing was run. Write each backend once, with a comma between two.");
            }
            if (!available.contains(name)) {
                throw new LaminaException(
                        ErrorCode.BACKEND_CHOICE,
                        "backend \"" + name + "\" is not on the class path; found: " + String.join(", ", available)
                                + ". Nothing was run. Choose one of these, or build with its profile in LAMINA_PROFILE.");
            }
        }
        return List.copyOf(names);
    }

    private static List<String> names(List<String> parts) {
        StringBuilder text = new StringBuilder();
        for (String part : parts) {
            text.append(text.isEmpty() || text.charAt(text.length() - 1) == ',' ? "" : ",")
                    .append(part);
        }
        return List.of(text.toString().split(",", -1));
    }
}
