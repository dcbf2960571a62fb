package org.lamina.tf;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * The table in which a checkpoint's index has its entries: LevelDB's format, blocks of keys and values and a block that says where
 * they are. TensorFlow's own reader is native code, which nothing damaged may reach.
 */
final class TfCheckpointTable {
    private static final long MAGIC = 0xdb4775248b80fb57L;
    private static final int FOOTER = 48;
    /** After each block: how it is compressed, and a checksum. */
    private static final int TRAILER = 5;

    private final ByteBuffer bytes;

    private TfCheckpointTable(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The values by key. @throws IOException if the bytes are no whole table */
    static Map<String, byte[]> read(byte[] bytes) throws IOException {
        try {
            return new TfCheckpointTable(bytes).entries();
        } catch (BufferUnderflowException e) {
            throw new IOException("its index ends too early", e);
        }
    }

    private Map<String, byte[]> entries() throws IOException {
        if (bytes.capacity() < FOOTER || bytes.getLong(bytes.capacity() - Long.BYTES) != MAGIC) {
            throw new IOException("its index does not end as one does");
        }
        ByteBuffer footer = slice(bytes.capacity() - FOOTER, FOOTER);
        // The first of the two blocks that it names is about filters, which are not needed.
        varint(footer);
        varint(footer);
        Map<String, byte[]> entries = new LinkedHashMap<>();
        List<Map.Entry<String, byte[]>> blocks = block(footer);
        long read = 0;
        for (Map.Entry<String, byte[]> block : blocks) {
            ByteBuffer handle = ByteBuffer.wrap(block.getValue());
            for (Map.Entry<String, byte[]> entry : block(handle)) {
                read += entry.getKey().length() + entry.getValue().length;
                if (read > bytes.capacity() * 64L || entries.put(entry.getKey(), entry.getValue()) != null) {
                    throw new IOException("its index has an entry twice");
                }
            }
        }
        return entries;
    }

    /** A number of seven bits a byte, the lowest first. */
    static long varint(ByteBuffer from) throws IOException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = from.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IOException("a number in it does not end");
    }

    private ByteBuffer slice(long offset, long size) throws IOException {
        if (offset < 0 || size < 0 || size > bytes.capacity() - offset) {
            throw new IOException("its index points outside of itself");
        }
        return bytes.slice((int) offset, (int) size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The entries of the block that a handle says; each key begins as the one before. */
    private List<Map.Entry<String, byte[]>> block(ByteBuffer handle) throws IOException {
        long offset = varint(handle);
        long size = varint(handle);
        ByteBuffer content = slice(offset, size);
        requireWhole(slice(offset, size), slice(offset + size, TRAILER));
        int restarts = content.getInt(content.limit() - Integer.BYTES);
        if (restarts < 0 || restarts > content.limit() / Integer.BYTES - 1) {
            throw new IOException("a block of its index has " + restarts + " places to begin");
        }
        content.limit(content.limit() - Integer.BYTES * (restarts + 1));
        List<Map.Entry<String, byte[]>> entries = new ArrayList<>();
        byte[] key = {};
        while (content.hasRemaining()) {
            long shared = varint(content);
            byte[] rest = new byte[length(varint(content), content)];
            byte[] value = new byte[length(varint(content), content)];
            if (shared < 0 || shared > key.length) {
                throw new IOException("a key of its index begins as none before it");
            }
            content.get(rest).get(value);
            key = joined(key, (int) shared, rest);
            entries.add(Map.entry(new String(key, StandardCharsets.UTF_8), value));
        }
        return entries;
    }

    private static int length(long length, ByteBuffer content) throws IOException {
        if (length < 0 || length > content.remaining()) {
            throw new IOException("an entry of its index is longer than it");
        }
        return (int) length;
    }

    private static byte[] joined(byte[] start, int shared, byte[] rest) {
        byte[] joined = Arrays.copyOf(start, shared + rest.length);
        System.arraycopy(rest, 0, joined, shared, rest.length);
        return joined;
    }

    private static void requireWhole(ByteBuffer content, ByteBuffer trailer) throws IOException {
        CRC32C sum = new CRC32C();
        sum.update(content);
        byte compression = trailer.get(0);
        sum.update(compression);
        if (compression != 0) {
            throw new IOException("its index is compressed, which TensorFlow does not do");
        }
        requireSum(sum, trailer.getInt(1));
    }

    /** Checksums are kept turned and moved, so that one of bytes that hold one differs. */
    static void requireSum(CRC32C sum, int kept) throws IOException {
        int moved = kept - 0xa282ead8;
        if ((int) sum.getValue() != Integer.rotateLeft(moved, 15)) {
            throw new IOException("its bytes do not have the checksum that it says");
        }
    }
}
