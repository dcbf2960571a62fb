package org.lamina.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;

/**
 * Writes the safetensors format. The header lists the tensors in their order; their data lies in order of element size, widest
 * first, so that after the padded header every element is aligned to its size.
 */
final class SafetensorsWriter implements AtomicWrite.Content {
    private static final int ALIGNMENT = 8;
    private static final JsonFactory JSON = new JsonFactory();

    private final Safetensors content;
    private final List<Map.Entry<String, HostArray>> widestFirst;
    private final byte[] header;

    SafetensorsWriter(Safetensors content) {
        this.content = content;
        this.widestFirst = content.tensors().entrySet().stream()
                .sorted(Comparator.comparingInt(
                        tensor -> -tensor.getValue().dtype().bytes()))
                .toList();
        this.header = header();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        out.write(length.putLong(header.length).array());
        out.write(header);
        WritableByteChannel channel = Channels.newChannel(out);
        for (Map.Entry<String, HostArray> tensor : widestFirst) {
            ByteBuffer elements = tensor.getValue().buffer();
            while (elements.hasRemaining()) {
                channel.write(elements);
            }
        }
    }

    private byte[] header() {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (JsonGenerator json = JSON.createGenerator(bytes)) {
                writeHeader(json);
            }
            while (bytes.size() % ALIGNMENT != 0) {
                bytes.write(' ');
            }
            if (bytes.size() > SafetensorsReader.LARGEST_HEADER) {
                throw refused(
                        "the names and metadata need " + bytes.size() + " bytes, more than the 100 MB of the format");
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw refused("the names or metadata cannot be written: " + FileErrors.reason(e));
        }
    }

    private void writeHeader(JsonGenerator json) throws IOException {
        Map<String, Long> begins = begins();
        json.writeStartObject();
        if (!content.metadata().isEmpty()) {
            json.writeObjectFieldStart(SafetensorsHeader.METADATA);
            for (Map.Entry<String, String> item : content.metadata().entrySet()) {
                json.writeStringField(checked(item.getKey()), checked(item.getValue()));
            }
            json.writeEndObject();
        }
        for (Map.Entry<String, HostArray> tensor : content.tensors().entrySet()) {
            writeTensor(json, tensor.getKey(), tensor.getValue(), begins.getOrDefault(tensor.getKey(), 0L));
        }
        json.writeEndObject();
    }

    private static void writeTensor(JsonGenerator json, String name, HostArray array, long begin) throws IOException {
        if (name.equals(SafetensorsHeader.METADATA)) {
            throw refused("a tensor is called " + name + ", which the format keeps for itself");
        }
        json.writeObjectFieldStart(checked(name));
        json.writeStringField("dtype", StoredType.of(array.dtype()).name());
        json.writeFieldName("shape");
        long[] sizes = array.shape().toArray();
        json.writeArray(sizes, 0, sizes.length);
        json.writeFieldName("data_offsets");
        json.writeArray(new long[] {begin, begin + array.byteCount()}, 0, 2);
        json.writeEndObject();
    }

    private Map<String, Long> begins() {
        Map<String, Long> begins = new HashMap<>();
        long begin = 0;
        for (Map.Entry<String, HostArray> tensor : widestFirst) {
            begins.put(tensor.getKey(), begin);
            begin += tensor.getValue().byteCount();
        }
        return begins;
    }

    private static String checked(String text) {
        if (!JsonText.isWellFormed(text)) {
            throw refused("a name or string has half a surrogate pair, which UTF-8 cannot write");
        }
        return text;
    }

    private static LaminaException refused(String fact) {
        return new LaminaException(
                ErrorCode.NAME, "safetensors: " + fact + "; nothing was written. Choose another name or string.");
    }
}
