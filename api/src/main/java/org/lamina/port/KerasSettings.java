package org.lamina.port;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.lamina.io.Json;

/**
 * An object of a configuration of Keras.
 *
 * @param fields by Keras' names
 */
record KerasSettings(Map<String, Json> fields) {
    static KerasSettings of(Json value) {
        return new KerasSettings(value instanceof Json.Fields object ? object.values() : Map.of());
    }

    KerasSettings object(String name) {
        return of(fields.getOrDefault(name, new Json.Null()));
    }

    List<Json> list(String name) {
        return fields.get(name) instanceof Json.Elements list ? list.values() : List.of();
    }

    /** A value as text, numbers as Lamina's are; {@code null} if there is none. */
    String text(String name) {
        return text(fields.getOrDefault(name, new Json.Null()));
    }

    /** True if a value says that something is off. */
    boolean isOff(String name) {
        return List.of("null", "false").contains(text(name));
    }

    static String text(Json value) {
        if (value instanceof Json.Text text) {
            return text.value();
        } else if (value instanceof Json.Numeral numeral) {
            return ModelStep.number(Double.parseDouble(numeral.digits()));
        } else if (value instanceof Json.Truth truth) {
            return Boolean.toString(truth.value());
        } else if (value instanceof Json.Elements list) {
            return list.values().size() == 1
                    ? text(list.values().get(0))
                    : list.values().stream().map(KerasSettings::text).toList().toString();
        } else if (value instanceof Json.Fields object) {
            return object.values().entrySet().stream()
                    .map(field -> field.getKey() + ": " + text(field.getValue()))
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        return "null";
    }

    /** Whole numbers, one or several; -1 where there is none. */
    List<Long> numbers(String name) {
        List<Json> values = fields.get(name) instanceof Json.Elements list
                ? list.values()
                : List.of(fields.getOrDefault(name, new Json.Null()));
        List<Long> numbers = new ArrayList<>();
        for (Json value : values) {
            numbers.add(value instanceof Json.Numeral numeral ? (long) Double.parseDouble(numeral.digits()) : -1L);
        }
        return numbers;
    }
}
