package org.lamina.io;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.lamina.HostArray;

/** Writes one array in NumPy's npy format, version 1.0, little endian and in C order. */
record NpyWriter(HostArray array) implements AtomicWrite.Content {
    private static final int ALIGNMENT = 64;
    private static final int BEFORE_HEADER = 10;

    @Override
    public void writeTo(OutputStream out) throws IOException {
        byte[] header = header().getBytes(StandardCharsets.ISO_8859_1);
        int length = (BEFORE_HEADER + header.length + ALIGNMENT) / ALIGNMENT * ALIGNMENT - BEFORE_HEADER;
        ByteBuffer start = ByteBuffer.allocate(BEFORE_HEADER + length).order(ByteOrder.LITTLE_ENDIAN);
        start.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) length);
        start.put(header).put(" ".repeat(length - header.length - 1).getBytes(StandardCharsets.ISO_8859_1));
        out.write(start.put((byte) '\n').array());
        ByteBuffer content = array.buffer();
        byte[] bytes = new byte[content.remaining()];
        content.get(bytes);
        out.write(bytes);
    }

    private String header() {
        String type =
                switch (array.dtype()) {
                    case FLOAT32 -> "<f4";
                    case FLOAT64 -> "<f8";
                    case INT32 -> "<i4";
                    case INT64 -> "<i8";
                    case BOOL -> "|b1";
                };
        String sizes =
                LongStream.of(array.shape().toArray()).mapToObj(Long::toString).collect(Collectors.joining(", "));
        String tuple = "(" + sizes + (array.shape().rank() == 1 ? ",)" : ")");
        return "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + tuple + ", }";
    }
}
