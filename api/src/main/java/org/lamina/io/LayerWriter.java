package org.lamina.io;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lamina.ErrorCode;
import org.lamina.Shape;
import org.lamina.layer.Layer;

/** Writes layers as text. A layer object that occurs several times is written once, with an id, and then referred to. */
final class LayerWriter {
    private final LayerRegistry registry;
    private final IdentityHashMap<Layer, Integer> occurrences = new IdentityHashMap<>();
    private final IdentityHashMap<Layer, String> ids = new IdentityHashMap<>();
    private final Map<String, Integer> idsByName = new HashMap<>();
    private int depth;

    private LayerWriter(LayerRegistry registry) {
        this.registry = registry;
    }

    static String write(LayerRegistry registry, Layer layer) {
        LayerWriter writer = new LayerWriter(registry);
        writer.count(layer, Place.top("layer.json"));
        StringWriter text = new StringWriter();
        try (JsonGenerator json = Json.generator(text)) {
            writer.write(json, layer);
        } catch (IOException e) {
            throw new UncheckedIOException("a StringWriter does not fail", e);
        }
        return text.append('\n').toString();
    }

    /** Counts how often each layer object occurs, and finds what cannot be written before anything is. */
    private void count(Layer layer, Place place) {
        LayerForm form = form(layer, place);
        if (occurrences.merge(layer, 1, Integer::sum) > 1) {
            return;
        }
        if (++depth > LayerReader.DEEPEST) {
            throw place.unwritable(
                    ErrorCode.ARCHITECTURE,
                    "layers nest more than " + LayerReader.DEEPEST + " deep",
                    "Make the architecture smaller.");
        }
        for (LayerForm.Field field : form.fields()) {
            count(form.value(layer, field), field.isNullable(), place.field(field.name()));
        }
        depth--;
    }

    private void count(@Nullable Object value, boolean nullable, Place place) {
        if (value instanceof Layer child) {
            count(child, place);
        } else if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                count(list.get(i), false, place.element(i));
            }
        } else if (value == null && !nullable) {
            throw place.unwritable(ErrorCode.ARCHITECTURE, "it is null", "Give it a value, or make it @Nullable.");
        } else if (value instanceof Shape shape && shape.isOpen()) {
            throw place.unwritable(
                    ErrorCode.ARCHITECTURE, "the shape " + shape + " has an open size", "Give every axis a size.");
        } else if (value instanceof String text && !JsonText.isWellFormed(text)) {
            throw place.unwritable(
                    ErrorCode.ARCHITECTURE, "it has half a surrogate pair, which is no character", "Give other text.");
        }
    }

    private LayerForm form(Layer layer, Place place) {
        LayerForm form = registry.form(layer);
        if (form != null) {
            return form;
        }
        Class<?> type = layer.getClass();
        if (type.isRecord() && !type.getSimpleName().isEmpty()) {
            throw place.unwritable(
                    ErrorCode.UNKNOWN_LAYER,
                    "the layer class " + type.getName() + " is not registered",
                    "Register it, by a LayerProvider or with LayerRegistry.with(\"" + type.getSimpleName() + "\", "
                            + type.getSimpleName() + ".class).");
        }
        boolean lambda = type.isHidden() || type.isSynthetic() || type.isAnonymousClass();
        throw place.unwritable(
                ErrorCode.UNKNOWN_LAYER,
                lambda
                        ? "the layer is a lambda, which has neither a name nor fields"
                        : "the layer class " + type.getName() + " is no record, so its fields are not known",
                "Make it a record and register it.");
    }

    private void write(JsonGenerator json, Layer layer) throws IOException {
        LayerForm form = form(layer, Place.top("layer.json"));
        json.writeStartObject();
        String known = ids.get(layer);
        if (known != null) {
            json.writeStringField(LayerForm.REF, known);
        } else {
            json.writeStringField(LayerForm.TYPE, form.name());
            if (occurrences.getOrDefault(layer, 0) > 1) {
                String id = form.name() + "-" + idsByName.merge(form.name(), 1, Integer::sum);
                ids.put(layer, id);
                json.writeStringField(LayerForm.ID, id);
            }
            FieldWriter.write(json, form, layer, child -> write(json, child));
        }
        json.writeEndObject();
    }
}
