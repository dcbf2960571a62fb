package org.lamina.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One input as several files: what stands between lines of their own that say {@code ====}. */
final class Parts {
    private static final String BETWEEN = "\n====\n";

    private Parts() {}

    /** Just so many parts, empty where the input has fewer. */
    static List<byte[]> of(byte[] input, int count) {
        String rest = new String(input, StandardCharsets.ISO_8859_1);
        List<byte[]> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int end = i < count - 1 ? rest.indexOf(BETWEEN) : -1;
            String part = end < 0 ? rest : rest.substring(0, end);
            parts.add(part.getBytes(StandardCharsets.ISO_8859_1));
            rest = end < 0 ? "" : rest.substring(end + BETWEEN.length());
        }
        return parts;
    }
}
