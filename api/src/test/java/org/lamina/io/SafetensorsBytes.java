package org.lamina.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.stream.IntStream;

/** Safetensors files made byte by byte, right ones and wrong ones. */
final class SafetensorsBytes {
    private SafetensorsBytes() {}

    /** A file of a header and data bytes, with the header's true length before it. */
    static byte[] of(String header, int... data) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return of(json.length, json, data);
    }

    static byte[] of(long length, byte[] header, int... data) {
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(length).put(header);
        for (int b : data) {
            bytes.put((byte) b);
        }
        return bytes.array();
    }

    static int[] hex(String digits) {
        byte[] bytes = HexFormat.of().parseHex(digits);
        return IntStream.range(0, bytes.length).map(i -> bytes[i]).toArray();
    }

    static Path write(Path folder, byte[] content) throws IOException {
        return Files.write(folder.resolve("file.safetensors"), content);
    }
}
