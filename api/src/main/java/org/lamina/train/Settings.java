package org.lamina.train;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;

/** A choice written as text: {@code name:key=number,key=number}. */
final class Settings {
    private final String kind;
    private final String text;
    private final String name;
    private final Map<String, Double> numbers = new LinkedHashMap<>();

    private Settings(String kind, String text, String name) {
        this.kind = kind;
        this.text = text;
        this.name = name;
    }

    static Settings parse(String kind, String text) {
        int colon = text.indexOf(':');
        Settings settings = new Settings(kind, text, colon < 0 ? text : text.substring(0, colon));
        if (colon >= 0) {
            for (String pair : text.substring(colon + 1).split(",", -1)) {
                settings.add(pair);
            }
        }
        return settings;
    }

    /** @throws LaminaException unless the value is finite and allowed */
    static void require(String what, String key, double value, boolean allowed, String range) {
        if (!allowed || !Double.isFinite(value)) {
            throw new LaminaException(
                    ErrorCode.CONFIGURATION,
                    what + ": " + key + " is " + value + "; it must be " + range + ". Give such a number.");
        }
    }

    static void requireNotNegative(String what, String key, double value) {
        require(what, key, value, value >= 0, "0 or more");
    }

    /** Of a share of an old value that stays. */
    static void requireShare(String what, String key, double value) {
        require(what, key, value, value >= 0 && value < 1, "at least 0 and below 1");
    }

    private void add(String pair) {
        String[] sides = pair.split("=", 2);
        try {
            if (sides.length == 2 && numbers.putIfAbsent(sides[0], Double.parseDouble(sides[1])) == null) {
                return;
            }
        } catch (NumberFormatException e) {
            throw error("\"" + pair + "\" has no number after '='. Write it as in sgd:lr=0.1", e);
        }
        throw error("\"" + pair + "\" is not one key=number. Write it as in momentum:lr=0.1,momentum=0.9", null);
    }

    private LaminaException error(String message, @Nullable Throwable cause) {
        return new LaminaException(ErrorCode.CONFIGURATION, kind + " \"" + text + "\": " + message + ".", cause);
    }

    String name() {
        return name;
    }

    /** The number of a key, which is then used. */
    double number(String key, double otherwise) {
        Double value = numbers.remove(key);
        return value == null ? otherwise : value;
    }

    double number(String key) {
        Double value = numbers.remove(key);
        if (value == null) {
            throw error("it lacks " + key + "=. Write it as in " + name + ":" + key + "=0.1", null);
        }
        return value;
    }

    LaminaException unknown(String known) {
        return error("there is no " + kind + " of this name. Choose one of " + known, null);
    }

    void requireAllUsed() {
        if (!numbers.isEmpty()) {
            throw error(name + " has no " + numbers.keySet() + ". Leave it out", null);
        }
    }
}
