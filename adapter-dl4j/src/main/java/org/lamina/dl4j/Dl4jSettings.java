package org.lamina.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lamina.io.Json;
import org.lamina.port.Misfits;

/** The fields of one object of configuration.json. The class it names is a word to compare, and is never loaded. */
record Dl4jSettings(Map<String, Json> fields) {
    static Dl4jSettings of(Json value) {
        return new Dl4jSettings(value instanceof Json.Fields object ? object.values() : Map.of());
    }

    /** The simple name of the class that the object says it is of; empty if it is none of Deeplearning4j's or ND4J's own. */
    String type() {
        String name = fields.get("@class") instanceof Json.Text text ? text.value() : "";
        return isKnown(name) ? name.substring(name.lastIndexOf('.') + 1) : "";
    }

    /** True for classes in the packages whose configurations Deeplearning4j itself writes, and for Lamina's layer. */
    static boolean isKnown(String name) {
        return name.equals(Dl4jLayer.class.getName())
                || name.matches(
                        "org\\.(deeplearning4j\\.nn\\.(conf\\.(layers(\\.recurrent)?|graph|preprocessor|dropout)|weights)"
                                + "|nd4j\\.linalg\\.(activations\\.impl|learning\\.config|lossfunctions\\.impl))\\.[A-Za-z0-9]+");
    }

    /** What the object says it is, for messages. */
    String named() {
        return fields.get("@class") instanceof Json.Text text ? text.value() : "an object without a class";
    }

    /** What it is, by its simple name if it is Deeplearning4j's own. */
    String shortName() {
        return type().isEmpty() ? named() : type();
    }

    boolean has(String name) {
        return fields.get(name) != null && !(fields.get(name) instanceof Json.Null);
    }

    Dl4jSettings object(String name) {
        Json value = fields.get(name);
        return value == null ? new Dl4jSettings(Map.of()) : of(value);
    }

    String text(String name) {
        return fields.get(name) instanceof Json.Text text ? text.value() : "";
    }

    /** A list of texts, empty if there is none. */
    List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        if (fields.get(name) instanceof Json.Elements list) {
            for (Json value : list.values()) {
                if (value instanceof Json.Text text) {
                    texts.add(text.value());
                }
            }
        }
        return texts;
    }

    boolean truth(String name) {
        return fields.get(name) instanceof Json.Truth truth && truth.value();
    }

    double number(String name) {
        double number =
                fields.get(name) instanceof Json.Numeral numeral ? Double.parseDouble(numeral.digits()) : Double.NaN;
        if (!Double.isFinite(number)) {
            throw Misfits.unsupported(name + " is no finite number");
        }
        return number;
    }

    /** A size from 1 to 2^31 - 1. */
    long size(String name) {
        return whole(fields.get(name), name, 1);
    }

    List<Long> sizes(String name, long least) {
        if (fields.get(name) instanceof Json.Elements list && list.values().size() == 2) {
            return list.values().stream()
                    .map(value -> whole(value, name, least))
                    .toList();
        }
        throw Misfits.unsupported(name + " is no pair of numbers");
    }

    /** A shape without open sizes. */
    long[] shape(String name) {
        if (fields.get(name) instanceof Json.Elements list) {
            return list.values().stream()
                    .mapToLong(value -> whole(value, name, 1))
                    .toArray();
        }
        throw Misfits.unsupported(name + " is no list of sizes");
    }

    private static long whole(@Nullable Json value, String name, long least) {
        if (value instanceof Json.Numeral numeral
                && numeral.isWhole()
                && numeral.digits().length() < 11) {
            long number = Long.parseLong(numeral.digits());
            if (number >= least && number <= Integer.MAX_VALUE) {
                return number;
            }
        }
        throw Misfits.unsupported(name + " is no number from " + least);
    }
}
