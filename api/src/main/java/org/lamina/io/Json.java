package org.lamina.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A JSON document as a tree, read strictly: no duplicate names, nothing after the end, nesting and numbers of bounded length. */
public sealed interface Json {
    /** Deep enough for {@link LayerReader#DEEPEST} layers in lists. */
    int DEEPEST = 1024;

    /** What messages call it. */
    String kind();

    /** Values by name, in order. */
    record Fields(Map<String, Json> values) implements Json {
        @Override
        public String kind() {
            return "an object";
        }
    }

    /** Values in order. */
    record Elements(List<Json> values) implements Json {
        @Override
        public String kind() {
            return "a list";
        }
    }

    /** A string. */
    record Text(String value) implements Json {
        @Override
        public String kind() {
            return "the string " + Quotes.quote(value);
        }
    }

    /** A number as it is written, at most a thousand characters. */
    record Numeral(String digits, boolean isWhole) implements Json {
        @Override
        public String kind() {
            return "the number " + Quotes.shorten(digits);
        }
    }

    /** True or false. */
    record Truth(boolean value) implements Json {
        @Override
        public String kind() {
            return Boolean.toString(value);
        }
    }

    /** Null. */
    record Null() implements Json {
        @Override
        public String kind() {
            return "null";
        }
    }

    JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // Names from a file must not stay in tables of the JVM.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            // The shortest digits, which Double.toString gives from JDK 19 on only.
            .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxNumberLength(1000)
                    .build())
            .build();

    /** A document. @throws IOException whose message says what is wrong with it and where */
    static Json parse(String text) throws IOException {
        try (JsonParser parser = FACTORY.createParser(text)) {
            parser.nextToken();
            Json document = value(parser);
            if (parser.nextToken() != null) {
                throw new IOException("there is more after the end of the document");
            }
            return document;
        }
    }

    private static Json value(JsonParser parser) throws IOException {
        if (parser.currentToken() == null) {
            throw new IOException("the document ends too early");
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> fields(parser);
            case START_ARRAY -> elements(parser);
            case VALUE_STRING -> new Text(parser.getText());
            case VALUE_NUMBER_INT -> new Numeral(parser.getText(), true);
            case VALUE_NUMBER_FLOAT -> new Numeral(parser.getText(), false);
            case VALUE_TRUE -> new Truth(true);
            case VALUE_FALSE -> new Truth(false);
            default -> new Null();
        };
    }

    private static Fields fields(JsonParser parser) throws IOException {
        Map<String, Json> values = new LinkedHashMap<>();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            parser.nextToken();
            values.put(name, value(parser));
        }
        return new Fields(values);
    }

    private static Elements elements(JsonParser parser) throws IOException {
        List<Json> values = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            values.add(value(parser));
        }
        return new Elements(values);
    }

    /** A generator of indented text, the same on every system. */
    static JsonGenerator generator(Writer out) throws IOException {
        Separators separators =
                Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER);
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter(separators);
        printer.indentObjectsWith(new DefaultIndenter("  ", "\n"));
        return FACTORY.createGenerator(out).setPrettyPrinter(printer);
    }
}
