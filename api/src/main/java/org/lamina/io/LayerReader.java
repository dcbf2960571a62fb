package org.lamina.io;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.layer.Layer;

/** Makes layers of a document, with errors that say where in it they are. */
final class LayerReader {
    /** As deep as layers may call each other when they are traced. */
    static final int DEEPEST = 256;
    /** More than any model has; references to references could make a small file stand for more than could ever be traced. */
    private static final long MOST = 1_000_000;

    private static final int SUGGESTED = 3;

    private final LayerRegistry registry;
    private final SharedLayers shared = new SharedLayers();
    private final FieldReader fields = new FieldReader(this::layer);
    private final Deque<SharedLayers.Extent> extents = new ArrayDeque<>();

    private LayerReader(LayerRegistry registry) {
        this.registry = registry;
    }

    static Layer read(String file, LayerRegistry registry, Json document) {
        LayerReader reader = new LayerReader(registry);
        Place top = Place.top(file);
        reader.shared.define(document, top);
        return reader.layer(document, top);
    }

    private Layer layer(Json node, Place place) {
        if (!(node instanceof Json.Fields object)) {
            throw place.error("a layer must be an object and is " + node.kind(), "Write {\"type\": ...}.");
        }
        SharedLayers.Made made;
        if (object.values().containsKey(LayerForm.REF)) {
            made = shared.referred(object, place, this::make);
        } else if (object.values().containsKey(LayerForm.ID)) {
            made = shared.defined(object, place, this::make);
        } else {
            made = make(object, place);
        }
        SharedLayers.Extent parent = extents.peek();
        if (parent != null) {
            parent.add(made.extent());
        }
        return made.layer();
    }

    private SharedLayers.Made make(Json.Fields object, Place place) {
        SharedLayers.Extent extent = new SharedLayers.Extent();
        extents.push(extent);
        requireBounded(extents.size(), 1, place);
        LayerForm form = form(object, place);
        Map<String, @Nullable Object> values = fields.read(form, object, place);
        extents.pop();
        requireBounded(extents.size() + extent.depth(), extent.count(), place);
        try {
            return new SharedLayers.Made(form.create(values), extent);
        } catch (LaminaException e) {
            throw place.error(e);
        }
    }

    private static void requireBounded(int depth, long count, Place place) {
        if (depth > DEEPEST || count > MOST) {
            throw place.error(
                    depth > DEEPEST
                            ? "layers nest more than " + DEEPEST + " deep"
                            : "there are more than " + MOST + " layers when references are followed",
                    "Make the architecture smaller.");
        }
    }

    private LayerForm form(Json.Fields object, Place place) {
        Json type = object.values().get(LayerForm.TYPE);
        if (!(type instanceof Json.Text name)) {
            throw place.error(
                    type == null
                            ? "a layer has no \"type\""
                            : "a layer's \"type\" must be a string and is " + type.kind(),
                    "Name a registered layer: " + String.join(", ", registry.names()) + ".");
        }
        LayerForm form = registry.form(name.value());
        if (form == null) {
            throw place.field(LayerForm.TYPE)
                    .error(
                            ErrorCode.UNKNOWN_LAYER,
                            "no layer is registered as " + Quotes.quote(name.value()),
                            "The closest names are " + closest(name.value())
                                    + "; a layer of your own is registered by a LayerProvider or with LayerRegistry.with.");
        }
        return form;
    }

    private String closest(String name) {
        String wanted = Quotes.shorten(name);
        return registry.names().stream()
                .sorted(Comparator.comparingInt(known -> EditDistance.of(wanted, known)))
                .limit(SUGGESTED)
                .collect(Collectors.joining(", "));
    }
}
