package org.lamina.conformance.oracle;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;

/** Reads the values that other programs computed. */
public final class ReferenceValues {
    /**
     * An op applied by another program.
     *
     * @param gradients of the sum of (output times 1, 2, 3, ...) by the floating inputs; empty if it has none
     */
    record Entry(
            String op,
            Map<String, Object> attributes,
            List<HostArray> inputs,
            HostArray output,
            List<HostArray> gradients) {
        @Override
        public String toString() {
            return op + " " + attributes + " of "
                    + inputs.stream().map(HostArray::type).toList();
        }
    }

    private ReferenceValues() {}

    static List<Entry> read(String file) {
        return entries(file).stream().map(ReferenceValues::entry).toList();
    }

    /** The entries of a file, each with its fields. */
    public static List<Map<String, Object>> entries(String file) {
        try (InputStream stream = Objects.requireNonNull(
                        ReferenceValues.class.getResourceAsStream("/org/lamina/conformance/reference/" + file), file);
                JsonParser parser = new JsonFactory().createParser(stream)) {
            parser.nextToken();
            Map<String, Object> whole = object(value(parser));
            return list(whole.get("entries")).stream()
                    .map(ReferenceValues::object)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Entry entry(Map<String, Object> fields) {
        return new Entry(
                (String) Objects.requireNonNull(fields.get("op")),
                object(fields.get("attributes")),
                arrays(fields.get("inputs")),
                array(fields.get("output")),
                fields.containsKey("gradients") ? arrays(fields.get("gradients")) : List.of());
    }

    /** A list of arrays. */
    public static List<HostArray> arrays(@Nullable Object value) {
        return list(value).stream().map(ReferenceValues::array).toList();
    }

    /** Arrays by name. */
    public static Map<String, HostArray> named(@Nullable Object value) {
        Map<String, HostArray> arrays = new LinkedHashMap<>();
        object(value).forEach((name, array) -> arrays.put(name, array(array)));
        return arrays;
    }

    /** An array. */
    public static HostArray array(@Nullable Object value) {
        Map<String, Object> fields = object(value);
        DType dtype = DType.valueOf(String.valueOf(fields.get("dtype")).toUpperCase(Locale.ROOT));
        Shape shape = Shape.of(longs(fields.get("shape")));
        List<Object> values = list(fields.get("values"));
        return dtype == DType.INT64
                ? HostArray.of(shape, longs(values))
                : HostArray.generate(
                        new TensorType(dtype, shape),
                        i -> Double.parseDouble(values.get(i).toString()));
    }

    static long[] longs(@Nullable Object value) {
        return list(value).stream().mapToLong(number -> (Long) number).toArray();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(@Nullable Object value) {
        return (Map<String, Object>) Objects.requireNonNull(value);
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(@Nullable Object value) {
        return (List<Object>) Objects.requireNonNull(value);
    }

    /** Objects as maps, arrays as lists, whole numbers as longs. */
    private static Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, Object> fields = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    fields.put(name, value(parser));
                }
                yield fields;
            }
            case START_ARRAY -> {
                List<Object> elements = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    elements.add(value(parser));
                }
                yield elements;
            }
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> parser.getText();
        };
    }
}
