package org.lamina.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The text that JSON is written in: strict UTF-8, which most parsers are lax about. */
final class JsonText {
    private JsonText() {}

    /** The text of UTF-8 bytes. @throws IOException if they are none */
    static String decode(byte[] bytes) throws IOException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IOException("it is not valid UTF-8", e);
        }
    }

    /** False if a surrogate stands alone, which UTF-8 cannot write. */
    static boolean isWellFormed(String text) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    /** What a parser says is wrong and where, without its advice. */
    static String message(IOException problem) {
        if (problem instanceof JsonProcessingException json && json.getLocation() != null) {
            return json.getOriginalMessage().lines().findFirst().orElse("") + " (line "
                    + json.getLocation().getLineNr() + ", column "
                    + json.getLocation().getColumnNr() + ")";
        }
        return FileErrors.reason(problem);
    }
}
