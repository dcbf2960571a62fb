package org.lamina.io;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.layer.Layer;

/** Reads the fields of layers, each as its kind. */
final class FieldReader {
    private final Layers layers;

    /** Reads the layers in fields. */
    interface Layers {
        Layer read(Json node, Place place);
    }

    FieldReader(Layers layers) {
        this.layers = layers;
    }

    /** The values of a layer's fields by name, without those that are left to their defaults. */
    Map<String, @Nullable Object> read(LayerForm form, Json.Fields object, Place place) {
        Set<String> unexpected = new HashSet<>(object.values().keySet());
        unexpected.removeAll(Set.of(LayerForm.TYPE, LayerForm.ID));
        form.fields().forEach(field -> unexpected.remove(field.name()));
        if (!unexpected.isEmpty()) {
            String name = unexpected.stream().sorted().findFirst().orElseThrow();
            throw place.field(name).error(form.name() + " has no such field", has(form));
        }
        Map<String, @Nullable Object> values = new HashMap<>();
        for (LayerForm.Field field : form.fields()) {
            Json node = object.values().get(field.name());
            if (node instanceof Json.Null && field.isNullable()) {
                values.put(field.name(), null);
            } else if (node != null) {
                values.put(field.name(), value(field.kind(), node, place.field(field.name())));
            } else if (!field.isOptional()) {
                throw place.error(form.name() + " has no \"" + field.name() + "\", which it needs", has(form));
            }
        }
        return values;
    }

    private static String has(LayerForm form) {
        List<String> names = form.fields().stream().map(LayerForm.Field::name).toList();
        return names.isEmpty()
                ? "It has no fields: remove this one."
                : "Its fields are " + String.join(", ", names) + ".";
    }

    private Object value(FieldKind kind, Json node, Place place) {
        if (kind instanceof FieldKind.Whole whole) {
            return whole(whole, node, place);
        } else if (kind instanceof FieldKind.Choice choice) {
            return choice(choice, node, place);
        } else if (kind instanceof FieldKind.Child child) {
            return child(child, node, place);
        } else if (kind instanceof FieldKind.Many many) {
            return many(many.element(), node, place);
        } else if (kind instanceof FieldKind.Sizes) {
            return sizes(node, place);
        } else if (kind instanceof FieldKind.Real) {
            return real(node, place);
        } else if (kind instanceof FieldKind.Truth && node instanceof Json.Truth truth) {
            return truth.value();
        } else if (kind instanceof FieldKind.Text && node instanceof Json.Text text) {
            return text.value();
        }
        throw wrongKind(kind instanceof FieldKind.Truth ? "true or false" : "a string", node, place);
    }

    private Object whole(FieldKind.Whole kind, Json node, Place place) {
        if (!(node instanceof Json.Numeral number) || !number.isWhole()) {
            throw wrongKind("a whole number", node, place);
        }
        OptionalLong value = parse(number.digits());
        if (value.isEmpty() || value.getAsLong() < kind.least() || value.getAsLong() > kind.greatest()) {
            throw outOfRange(number, kind.least() + " to " + kind.greatest(), place);
        }
        return kind.isInt() ? (Object) (int) value.getAsLong() : (Object) value.getAsLong();
    }

    private static OptionalLong parse(String digits) {
        try {
            return OptionalLong.of(Long.parseLong(digits));
        } catch (NumberFormatException tooLong) {
            return OptionalLong.empty();
        }
    }

    private Object real(Json node, Place place) {
        if (node instanceof Json.Text text && FieldWriter.NOT_FINITE.contains(text.value())) {
            return Double.parseDouble(text.value());
        }
        if (!(node instanceof Json.Numeral number)) {
            throw wrongKind("a number, \"NaN\", \"Infinity\" or \"-Infinity\"", node, place);
        }
        double value = Double.parseDouble(number.digits());
        if (Double.isInfinite(value)) {
            throw outOfRange(number, -Double.MAX_VALUE + " to " + Double.MAX_VALUE, place);
        }
        return value;
    }

    private Object choice(FieldKind.Choice kind, Json node, Place place) {
        List<String> words = new ArrayList<>();
        for (Object constant : kind.type().getEnumConstants()) {
            String word = FieldKind.Choice.word(constant);
            if (node instanceof Json.Text text && text.value().equals(word)) {
                return constant;
            }
            words.add('"' + word + '"');
        }
        throw wrongKind("one of " + String.join(", ", words), node, place);
    }

    private Object child(FieldKind.Child kind, Json node, Place place) {
        Layer layer = layers.read(node, place);
        if (!kind.type().isInstance(layer)) {
            throw wrongKind(
                    "a layer that is a " + kind.type().getSimpleName(),
                    "a " + layer.getClass().getSimpleName(),
                    place);
        }
        return layer;
    }

    private List<Object> many(FieldKind element, Json node, Place place) {
        if (!(node instanceof Json.Elements elements)) {
            throw wrongKind("a list", node, place);
        }
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < elements.values().size(); i++) {
            values.add(value(element, elements.values().get(i), place.element(i)));
        }
        return List.copyOf(values);
    }

    private Shape sizes(Json node, Place place) {
        List<Object> sizes = many(new FieldKind.Whole(0, Long.MAX_VALUE, false), node, place);
        return Shape.of(sizes.stream().mapToLong(size -> (Long) size).toArray());
    }

    private LaminaException outOfRange(Json.Numeral number, String range, Place place) {
        return place.error(Quotes.shorten(number.digits()) + " is out of range", "Give a number from " + range + ".");
    }

    private LaminaException wrongKind(String wanted, Json node, Place place) {
        return wrongKind(wanted, node.kind(), place);
    }

    private LaminaException wrongKind(String wanted, String found, Place place) {
        return place.error("it must be " + wanted + " and is " + found, "Change it there.");
    }
}
