package org.lamina.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lamina.Shape;

/**
 * The header of a safetensors file: where each tensor's bytes are.
 *
 * @param tensors by name, in the header's order
 * @param metadata the strings of {@code __metadata__}
 */
record SafetensorsHeader(Map<String, Entry> tensors, Map<String, String> metadata) {
    static final String METADATA = "__metadata__";
    /** As many axes as NumPy has; without a limit a shape of a million ones would be one. */
    private static final int AXES = 64;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // Names from a file must not stay in tables of the JVM.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(8)
                    .maxNumberLength(100)
                    .build())
            .build();

    /** A tensor's dtype and shape, and where its bytes begin and end, counted from the end of the header. */
    record Entry(StoredType type, Shape shape, long begin, long end) {}

    static SafetensorsHeader parse(String file, byte[] bytes) {
        try (JsonParser parser = JSON.createParser(JsonText.decode(bytes))) {
            SafetensorsHeader header = new Parsing(file, parser).header();
            if (parser.nextToken() != null) {
                throw FileErrors.malformed(file, "the header goes on after its JSON object");
            }
            return header;
        } catch (IOException e) {
            throw FileErrors.malformed(file, "the header is not the JSON it must be: " + JsonText.message(e));
        }
    }

    /** One pass over the tokens of a header. */
    private record Parsing(String file, JsonParser parser) {
        SafetensorsHeader header() throws IOException {
            Map<String, Entry> tensors = new LinkedHashMap<>();
            Map<String, String> metadata = new LinkedHashMap<>();
            expect(JsonToken.START_OBJECT, parser.nextToken(), "the header", "an object");
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                expect(JsonToken.START_OBJECT, parser.nextToken(), "\"" + name + "\"", "an object");
                if (name.equals(METADATA)) {
                    metadata(metadata);
                } else {
                    requireText("a tensor's name", name);
                    tensors.put(name, entry(name));
                }
            }
            return new SafetensorsHeader(tensors, metadata);
        }

        private void metadata(Map<String, String> metadata) throws IOException {
            for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
                expect(JsonToken.VALUE_STRING, parser.nextToken(), METADATA + " \"" + key + "\"", "a string");
                requireText("a key of " + METADATA, key);
                requireText(METADATA + " \"" + key + "\"", parser.getText());
                metadata.put(key, parser.getText());
            }
        }

        private Entry entry(String name) throws IOException {
            String tensor = "tensor \"" + name + "\"";
            StoredType type = null;
            List<Long> shape = null;
            List<Long> offsets = null;
            for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
                parser.nextToken();
                switch (field) {
                    case "dtype" -> type = type(tensor);
                    case "shape" -> shape = numbers(tensor + ", shape", AXES);
                    case "data_offsets" -> offsets = numbers(tensor + ", data_offsets", 2);
                    default -> throw FileErrors.malformed(file, tensor + " has an unknown field \"" + field + "\"");
                }
            }
            return new Entry(
                    required(type, tensor, "dtype"),
                    Shape.of(required(shape, tensor, "shape").stream()
                            .mapToLong(Long::longValue)
                            .toArray()),
                    offset(offsets, tensor, 0),
                    offset(offsets, tensor, 1));
        }

        private StoredType type(String tensor) throws IOException {
            expect(JsonToken.VALUE_STRING, parser.currentToken(), tensor + ", dtype", "a string");
            StoredType type = StoredType.named(parser.getText());
            if (type == null) {
                throw FileErrors.malformed(
                        file,
                        tensor + " has dtype " + parser.getText() + ", which Lamina does not have",
                        "Convert the tensor to F32, F64, I32, I64 or BOOL; F16 and BF16 are read as float32.");
            }
            return type;
        }

        private List<Long> numbers(String what, int atMost) throws IOException {
            expect(JsonToken.START_ARRAY, parser.currentToken(), what, "an array");
            List<Long> numbers = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                expect(JsonToken.VALUE_NUMBER_INT, parser.currentToken(), what, "whole numbers");
                if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER || parser.getLongValue() < 0) {
                    throw FileErrors.malformed(
                            file, what + " has " + parser.getText() + ", not a size from 0 to 2^63 - 1");
                }
                if (numbers.size() == atMost) {
                    throw FileErrors.malformed(file, what + " has more than " + atMost + " numbers");
                }
                numbers.add(parser.getLongValue());
            }
            return numbers;
        }

        private long offset(@Nullable List<Long> offsets, String tensor, int which) {
            List<Long> both = required(offsets, tensor, "data_offsets");
            if (both.size() != 2) {
                throw FileErrors.malformed(file, tensor + ", data_offsets has not two numbers");
            }
            return both.get(which);
        }

        private <T> T required(@Nullable T value, String tensor, String field) {
            if (value == null) {
                throw FileErrors.malformed(file, tensor + " has no " + field);
            }
            return value;
        }

        private void requireText(String what, String text) {
            if (!JsonText.isWellFormed(text)) {
                throw FileErrors.malformed(file, what + " has half a surrogate pair, which is no character");
            }
        }

        private void expect(JsonToken wanted, @Nullable JsonToken found, String what, String kind) {
            if (found != wanted) {
                throw FileErrors.malformed(file, what + " must be " + kind + " and is " + found);
            }
        }
    }
}
