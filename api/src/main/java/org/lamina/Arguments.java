package org.lamina;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks what public methods are given, so that a null is found where it comes in. */
public final class Arguments {
    private Arguments() {}

    /**
     * The value, which must not be null.
     *
     * @param method as a message names it, such as {@code Model.initialize}
     * @param name of its parameter
     * @throws LaminaException ARGUMENT if it is null
     */
    public static <T> T require(@Nullable T value, String method, String name) {
        if (value == null) {
            throw isNull(method, name);
        }
        return value;
    }

    /** The list, of which neither it nor an element may be null; see {@link #require}. */
    public static <L extends List<?>> L requireAll(@Nullable L values, String method, String name) {
        L given = require(values, method, name);
        // By index: this runs in every call of a model, and an iterator is garbage.
        for (int i = 0; i < given.size(); i++) {
            if (given.get(i) == null) {
                throw isNull(method, name + "[" + i + "]");
            }
        }
        return given;
    }

    /** The array, of which neither it nor an element may be null; see {@link #require}. */
    public static <T> T[] requireAll(T @Nullable [] values, String method, String name) {
        T[] given = require(values, method, name);
        for (int i = 0; i < given.length; i++) {
            require(given[i], method, name + "[" + i + "]");
        }
        return given;
    }

    /** The map, of which neither it nor a key or value may be null; see {@link #require}. */
    public static <M extends Map<?, ?>> M requireAll(@Nullable M values, String method, String name) {
        M given = require(values, method, name);
        given.forEach((key, value) -> {
            require(key, method, "a key of " + name);
            require(value, method, name + "[" + key + "]");
        });
        return given;
    }

    private static LaminaException isNull(String method, String name) {
        return new LaminaException(
                ErrorCode.ARGUMENT, method + ": " + name + " is null, so nothing was done. Give a value.");
    }
}
