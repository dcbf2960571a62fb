package org.lamina.io;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.lamina.layer.Layer;

/** The layers of a document that have an id, each made once however often it is referred to. */
final class SharedLayers {
    private static final int LISTED = 10;

    private final Map<String, Definition> definitions = new HashMap<>();
    private final Set<String> open = new HashSet<>();

    /** A layer and its extent. */
    record Made(Layer layer, Extent extent) {}

    /** How deep layers nest and how many there are when references are followed. */
    static final class Extent {
        private int depth = 1;
        private long count = 1;

        void add(Extent child) {
            depth = Math.max(depth, 1 + child.depth);
            count += child.count;
        }

        int depth() {
            return depth;
        }

        long count() {
            return count;
        }
    }

    /** Makes the layer of an object. */
    interface Maker {
        Made make(Json.Fields object, Place place);
    }

    private static final class Definition {
        private final Json.Fields object;
        private final Place place;
        private @Nullable Made made;

        Definition(Json.Fields object, Place place) {
            this.object = object;
            this.place = place;
        }
    }

    /** Finds all ids of a document first, so that a reference may stand before what it means. */
    void define(Json node, Place place) {
        if (node instanceof Json.Elements elements) {
            for (int i = 0; i < elements.values().size(); i++) {
                define(elements.values().get(i), place.element(i));
            }
        } else if (node instanceof Json.Fields object) {
            if (object.values().get(LayerForm.ID) instanceof Json.Text id) {
                define(id.value(), object, place);
            }
            object.values().forEach((name, value) -> define(value, place.field(name)));
        }
    }

    private void define(String id, Json.Fields object, Place place) {
        Definition known = definitions.putIfAbsent(id, new Definition(object, place));
        if (known != null) {
            throw place.field(LayerForm.ID)
                    .error(
                            Quotes.quote(id) + " is the id of " + known.place + " too",
                            "Give each layer an id of its own, or refer to the other with {\"ref\": ...}.");
        }
    }

    /** The layer that a reference means. */
    Made referred(Json.Fields object, Place place, Maker maker) {
        if (!(object.values().get(LayerForm.REF) instanceof Json.Text id)
                || object.values().size() != 1) {
            throw place.error(
                    "a reference is an object of nothing but \"ref\" and a string", "Write {\"ref\": \"an id\"}.");
        }
        Definition definition = definitions.get(id.value());
        if (definition == null) {
            throw place.field(LayerForm.REF)
                    .error(
                            "no layer has the id " + Quotes.quote(id.value()),
                            "Give the one that is meant this \"id\"; the ids there are: " + ids() + ".");
        }
        if (open.contains(id.value())) {
            throw place.field(LayerForm.REF)
                    .error(
                            "the layer " + Quotes.quote(id.value()) + " would be inside itself",
                            "Refer to another layer.");
        }
        return once(id.value(), definition, maker);
    }

    /** The layer of an object with an id, which a reference before it may have made already. */
    Made defined(Json.Fields object, Place place, Maker maker) {
        Json id = object.values().get(LayerForm.ID);
        if (!(id instanceof Json.Text text)) {
            throw place.field(LayerForm.ID)
                    .error("an id must be a string" + (id == null ? "" : " and is " + id.kind()), "Put it in quotes.");
        }
        Definition definition = definitions.get(text.value());
        return definition == null ? maker.make(object, place) : once(text.value(), definition, maker);
    }

    private static Made make(Definition definition, Maker maker) {
        return maker.make(definition.object, definition.place);
    }

    private Made once(String id, Definition definition, Maker maker) {
        Made made = definition.made;
        if (made == null) {
            open.add(id);
            made = make(definition, maker);
            definition.made = made;
            open.remove(id);
        }
        return made;
    }

    private String ids() {
        return definitions.isEmpty()
                ? "none"
                : definitions.keySet().stream()
                        .sorted()
                        .limit(LISTED)
                        .map(Quotes::quote)
                        .collect(Collectors.joining(", "));
    }
}
