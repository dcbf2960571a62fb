package org.lamina.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.TensorType;

/** Reads one array in NumPy's npy format. */
final class NpyReader {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    /** NumPy's own limit; only structured dtypes need more. */
    private static final int LONGEST_HEADER = 10_000;

    private final FileInput input;

    private NpyReader(FileInput input) {
        this.input = input;
    }

    static HostArray read(FileInput input) {
        return new NpyReader(input).read();
    }

    private HostArray read() {
        if (input.remaining() < MAGIC.length + 2 || !Arrays.equals(input.read(MAGIC.length), MAGIC)) {
            throw malformed("it does not begin as a npy file does");
        }
        byte[] version = input.read(2);
        if (version[0] < 1 || version[0] > 3 || version[1] != 0) {
            throw malformed(
                    "it has version " + version[0] + "." + version[1] + " of the npy format, and 1.0 to 3.0 are known");
        }
        NpyHeader header = NpyHeader.parse(input.name(), header(version[0]));
        byte[] content = input.read(checkedSize(header.type()));
        input.requireEnd();
        if (header.bigEndian()) {
            reverseElements(content, header.type().dtype().bytes());
        }
        requireBooleans(header.type(), content);
        byte[] ordered = header.fortranOrder() ? inCOrder(header.type(), content) : content;
        return HostArray.of(header.type(), ByteBuffer.wrap(ordered));
    }

    private String header(int version) {
        int lengthBytes = version == 1 ? 2 : 4;
        ByteBuffer length = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
        length.put(input.read(lengthBytes)).rewind();
        int count = length.getInt();
        if (count < 0 || count > LONGEST_HEADER || count > input.remaining()) {
            throw malformed("its header would have " + Integer.toUnsignedString(count) + " bytes; at most "
                    + LONGEST_HEADER + " are read, and " + input.remaining() + " follow");
        }
        return new String(input.read(count), version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
    }

    private int checkedSize(TensorType type) {
        long bytes;
        try {
            bytes = Math.multiplyExact(type.shape().size(), (long) type.dtype().bytes());
        } catch (LaminaException | ArithmeticException e) {
            throw malformed("an array of " + type + " would have more than 2^63 - 1 bytes");
        }
        if (bytes != input.remaining()) {
            throw malformed("an array of " + type + " needs " + bytes + " bytes, and " + input.remaining() + " follow");
        }
        if (bytes > Integer.MAX_VALUE) {
            throw FileErrors.malformed(
                    input.name(), "an array of " + type + " needs more than 2^31 - 1 bytes", "Split it along an axis.");
        }
        return (int) bytes;
    }

    private static void reverseElements(byte[] content, int width) {
        for (int start = 0; start < content.length; start += width) {
            for (int i = start, j = start + width - 1; i < j; i++, j--) {
                byte swapped = content[i];
                content[i] = content[j];
                content[j] = swapped;
            }
        }
    }

    private void requireBooleans(TensorType type, byte[] content) {
        if (type.dtype() == DType.BOOL) {
            for (byte b : content) {
                if (b != 0 && b != 1) {
                    throw malformed("a bool is " + (b & 0xff) + ", neither 0 nor 1");
                }
            }
        }
    }

    /** Reorders elements whose first axis is the fastest into those whose last axis is. */
    private static byte[] inCOrder(TensorType type, byte[] content) {
        long[] sizes = type.shape().toArray();
        int width = type.dtype().bytes();
        byte[] ordered = new byte[content.length];
        long[] index = new long[sizes.length];
        for (int to = 0; to < content.length; to += width) {
            long from = 0;
            for (int axis = sizes.length - 1; axis >= 0; axis--) {
                from = from * sizes[axis] + index[axis];
            }
            System.arraycopy(content, (int) from * width, ordered, to, width);
            for (int axis = sizes.length - 1; axis >= 0 && ++index[axis] == sizes[axis]; axis--) {
                index[axis] = 0;
            }
        }
        return ordered;
    }

    private LaminaException malformed(String fact) {
        return FileErrors.malformed(input.name(), fact);
    }
}
