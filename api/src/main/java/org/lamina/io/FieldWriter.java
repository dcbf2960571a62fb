package org.lamina.io;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.lamina.Shape;
import org.lamina.layer.Layer;

/** Writes the fields of layers. */
final class FieldWriter {
    /** Numbers that JSON has no digits for. */
    static final Set<String> NOT_FINITE = Set.of("NaN", "Infinity", "-Infinity");

    private FieldWriter() {}

    /** Writes the layers in fields. */
    interface Layers {
        void write(Layer layer) throws IOException;
    }

    /** Writes all fields of a layer but those that are null. */
    static void write(JsonGenerator json, LayerForm form, Layer layer, Layers layers) throws IOException {
        for (LayerForm.Field field : form.fields()) {
            Object value = form.value(layer, field);
            if (value != null) {
                json.writeFieldName(field.name());
                write(json, value, layers);
            }
        }
    }

    private static void write(JsonGenerator json, Object value, Layers layers) throws IOException {
        if (value instanceof Layer layer) {
            layers.write(layer);
        } else if (value instanceof List<?> list) {
            json.writeStartArray();
            for (Object element : list) {
                write(json, element, layers);
            }
            json.writeEndArray();
        } else if (value instanceof Shape shape) {
            json.writeArray(shape.toArray(), 0, shape.rank());
        } else if (value instanceof Enum<?>) {
            json.writeString(FieldKind.Choice.word(value));
        } else if (value instanceof Double number) {
            write(json, number);
        } else if (value instanceof Number whole) {
            json.writeNumber(whole.longValue());
        } else if (value instanceof Boolean truth) {
            json.writeBoolean(truth);
        } else {
            json.writeString(value.toString());
        }
    }

    private static void write(JsonGenerator json, double number) throws IOException {
        if (Double.isFinite(number)) {
            json.writeNumber(number);
        } else {
            json.writeString(Double.toString(number));
        }
    }
}
