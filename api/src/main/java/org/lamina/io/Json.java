package org.lamina.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.OutputStream;

/** Strict JSON: no duplicate keys, bounded depth and numbers. */
final class Json {
    static final int DEEPEST = 256;
    private static final int LONGEST_NUMBER = 64;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxNumberLength(LONGEST_NUMBER)
                    .build())
            .build();

    private Json() {}

    static JsonParser parser(byte[] text) throws IOException {
        return FACTORY.createParser(text);
    }

    static JsonGenerator generator(OutputStream out) throws IOException {
        return FACTORY.createGenerator(out);
    }

    /** What is wrong and where, without the text itself. */
    static String describe(IOException e) {
        return e instanceof JsonProcessingException problem
                ? problem.getOriginalMessage().lines().findFirst().orElse("") + ", line "
                        + problem.getLocation().getLineNr() + ", column "
                        + problem.getLocation().getColumnNr()
                : e.toString();
    }
}
