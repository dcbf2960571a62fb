package org.lamina.benchmarks.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A message of ONNX's format, written field by field; the numbers are those of the format's onnx.proto. */
final class Message {
    private interface Field {
        void write(CodedOutputStream stream) throws IOException;
    }

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private Message with(Field field) {
        try {
            CodedOutputStream stream = CodedOutputStream.newInstance(bytes);
            field.write(stream);
            stream.flush();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Message with(int number, long value) {
        return with(stream -> stream.writeInt64(number, value));
    }

    Message with(int number, float value) {
        return with(stream -> stream.writeFloat(number, value));
    }

    Message with(int number, String value) {
        return with(stream -> stream.writeString(number, value));
    }

    Message with(int number, byte[] value) {
        return with(stream -> stream.writeByteArray(number, value));
    }

    Message with(int number, Message value) {
        return with(stream -> stream.writeBytes(number, ByteString.copyFrom(value.toBytes())));
    }

    byte[] toBytes() {
        return bytes.toByteArray();
    }
}
