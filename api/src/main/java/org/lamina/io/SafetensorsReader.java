package org.lamina.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.LaminaException;

/** Reads the safetensors format, checking every number in a file before it is used. */
final class SafetensorsReader {
    /** The limit of the format's reference implementation. */
    static final int LARGEST_HEADER = 100_000_000;

    private static final int LENGTH_BYTES = 8;

    private final FileInput input;

    private SafetensorsReader(FileInput input) {
        this.input = input;
    }

    static Safetensors read(FileInput input) {
        return new SafetensorsReader(input).read();
    }

    private Safetensors read() {
        SafetensorsHeader header = header();
        List<Map.Entry<String, SafetensorsHeader.Entry>> stored = inOrderOfData(header);
        checkLayout(stored);
        Map<String, HostArray> read = new HashMap<>();
        stored.forEach(tensor -> read.put(tensor.getKey(), array(tensor.getKey(), tensor.getValue())));
        input.requireEnd();
        Map<String, HostArray> tensors = new LinkedHashMap<>();
        header.tensors().keySet().forEach(name -> tensors.put(name, read.get(name)));
        return new Safetensors(tensors, header.metadata());
    }

    private SafetensorsHeader header() {
        if (input.size() < LENGTH_BYTES) {
            throw malformed("it has " + input.size() + " bytes and even an empty safetensors file has more");
        }
        long length = ByteBuffer.wrap(input.read(LENGTH_BYTES))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong();
        if (length < 0 || length > LARGEST_HEADER) {
            throw malformed("its header would have " + Long.toUnsignedString(length)
                    + " bytes, and 100 MB are the most the format allows");
        }
        if (length > input.remaining()) {
            throw malformed("its header would have " + length + " bytes, and only " + input.remaining() + " follow");
        }
        byte[] bytes = input.read((int) length);
        if (bytes.length == 0 || bytes[0] != '{') {
            throw malformed("its header does not begin with '{'");
        }
        return SafetensorsHeader.parse(input.name(), bytes);
    }

    private static List<Map.Entry<String, SafetensorsHeader.Entry>> inOrderOfData(SafetensorsHeader header) {
        Comparator<Map.Entry<String, SafetensorsHeader.Entry>> byBegin =
                Comparator.comparingLong(tensor -> tensor.getValue().begin());
        return header.tensors().entrySet().stream()
                .sorted(byBegin.thenComparingLong(tensor -> tensor.getValue().end()))
                .toList();
    }

    /** The tensors must lie one after another, without a hole or an overlap, from the header to the end of the file. */
    private void checkLayout(List<Map.Entry<String, SafetensorsHeader.Entry>> stored) {
        long end = 0;
        String before = "the header";
        for (Map.Entry<String, SafetensorsHeader.Entry> next : stored) {
            String tensor = "tensor \"" + next.getKey() + "\"";
            SafetensorsHeader.Entry entry = next.getValue();
            if (entry.begin() != end) {
                throw malformed(tensor + " begins at byte " + entry.begin() + " and " + before + " ends at " + end
                        + "; there must be no hole and no overlap");
            }
            checkSize(tensor, entry);
            end = entry.end();
            before = tensor;
        }
        if (end != input.remaining()) {
            throw malformed("the tensors end at byte " + end + " of the data, which has " + input.remaining());
        }
    }

    private void checkSize(String tensor, SafetensorsHeader.Entry entry) {
        if (entry.end() < entry.begin() || entry.end() > input.remaining()) {
            throw malformed(tensor + " would be bytes " + entry.begin() + " to " + entry.end()
                    + " of the data, which has " + input.remaining());
        }
        long bytes = bytes(tensor, entry);
        if (bytes != entry.end() - entry.begin()) {
            throw malformed(tensor + " of " + entry.type() + " " + entry.shape() + " needs " + bytes + " bytes and has "
                    + (entry.end() - entry.begin()));
        }
        if (bytes / entry.type().bytes()
                > Integer.MAX_VALUE / entry.type().dtype().bytes()) {
            throw FileErrors.malformed(
                    input.name(),
                    tensor + " of " + entry.type() + " " + entry.shape() + " needs more than 2^31 - 1 bytes in memory",
                    "Split it along an axis.");
        }
    }

    private long bytes(String tensor, SafetensorsHeader.Entry entry) {
        try {
            return Math.multiplyExact(entry.shape().size(), (long) entry.type().bytes());
        } catch (LaminaException | ArithmeticException e) {
            throw malformed(
                    tensor + " of " + entry.type() + " " + entry.shape() + " would have more than 2^63 - 1 bytes");
        }
    }

    private HostArray array(String name, SafetensorsHeader.Entry entry) {
        byte[] content = input.read((int) (entry.end() - entry.begin()));
        if (entry.type().dtype() == DType.BOOL) {
            for (byte b : content) {
                if (b != 0 && b != 1) {
                    throw malformed("tensor \"" + name + "\" of BOOL has a byte " + (b & 0xff) + ", neither 0 nor 1");
                }
            }
        }
        return entry.type().array(entry.shape(), content);
    }

    private LaminaException malformed(String fact) {
        return FileErrors.malformed(input.name(), fact);
    }
}
