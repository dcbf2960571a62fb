package org.lamina.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Safetensors around a header: its length is right and data follow as far as it asks, so that what it says is reached. */
final class Headers {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");
    private static final Pattern OFFSETS = Pattern.compile("data_offsets\"\\s*:\\s*\\[[^\\]]*\\]");
    private static final int MOST = 1 << 16;

    private Headers() {}

    static byte[] file(byte[] header) {
        int data = 0;
        Matcher offsets = OFFSETS.matcher(new String(header, StandardCharsets.ISO_8859_1));
        while (offsets.find()) {
            Matcher number = NUMBER.matcher(offsets.group());
            while (number.find()) {
                data = Math.max(data, Math.min(MOST, Integer.parseInt(number.group())));
            }
        }
        return ByteBuffer.allocate(Long.BYTES + header.length + data)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .array();
    }
}
