package org.lamina.tf;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.CRC32C;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.io.WholeFile;
import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.BundleHeaderProto;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorShapeProto;

/** The tensors of a checkpoint: an index of where each lies, and files of their bytes. Nothing of it reaches native code. */
final class TfCheckpoint {
    private static final int MOST_AXES = 64;

    private final Path prefix;
    private final Map<String, byte[]> entries;
    private final int shards;

    private TfCheckpoint(Path prefix, Map<String, byte[]> entries) throws IOException {
        this.prefix = prefix;
        this.entries = entries;
        byte[] stored = entries.get("");
        if (stored == null) {
            throw new IOException("its index has no header");
        }
        BundleHeaderProto header = BundleHeaderProto.parseFrom(stored);
        this.shards = header.getNumShards();
        if (header.getEndianness() != BundleHeaderProto.Endianness.LITTLE || shards < 1) {
            throw new IOException("its tensors have their most significant byte first, or lie in no file");
        }
    }

    /** Opens a checkpoint. @throws IOException if it has no index, or a damaged one */
    static TfCheckpoint open(Path prefix) throws IOException {
        byte[] index = WholeFile.read(prefix.resolveSibling(prefix.getFileName() + ".index"));
        return new TfCheckpoint(prefix, TfCheckpointTable.read(index));
    }

    boolean has(String key) {
        return !key.isEmpty() && entries.containsKey(key);
    }

    private BundleEntryProto entry(String key, DataType expected) throws IOException {
        byte[] stored = entries.get(key);
        if (stored == null || key.isEmpty()) {
            throw new IOException(key + " is not in the checkpoint");
        }
        BundleEntryProto entry;
        try {
            entry = BundleEntryProto.parseFrom(stored);
        } catch (InvalidProtocolBufferException e) {
            throw new IOException("the entry of " + key + " is damaged", e);
        }
        if (entry.getDtype() != expected || entry.getSlicesCount() > 0) {
            throw new IOException(key + " is " + entry.getDtype() + " in " + entry.getSlicesCount()
                    + " slices, and a whole " + expected + " was looked for");
        }
        return entry;
    }

    /** The numbers of a key. */
    HostArray array(String key, DType dtype) throws IOException {
        BundleEntryProto entry = entry(
                key,
                switch (dtype) {
                    case FLOAT32 -> DataType.DT_FLOAT;
                    case FLOAT64 -> DataType.DT_DOUBLE;
                    case INT32 -> DataType.DT_INT32;
                    case INT64 -> DataType.DT_INT64;
                    case BOOL -> DataType.DT_BOOL;
                });
        TensorType type = new TensorType(dtype, shape(key, entry.getShape()));
        byte[] content = content(key, entry);
        if (content.length / dtype.bytes() != size(type.shape()) || content.length % dtype.bytes() != 0) {
            throw new IOException(key + " is " + type + " and has " + content.length + " bytes");
        }
        CRC32C sum = new CRC32C();
        sum.update(content);
        TfCheckpointTable.requireSum(sum, entry.getCrc32C());
        return HostArray.of(type, ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN));
    }

    private static Shape shape(String key, TensorShapeProto stored) throws IOException {
        long[] sizes = stored.getDimList().stream()
                .mapToLong(TensorShapeProto.Dim::getSize)
                .toArray();
        if (sizes.length > MOST_AXES || java.util.Arrays.stream(sizes).anyMatch(size -> size < 0)) {
            throw new IOException(key + " has a shape that no array has");
        }
        return Shape.of(sizes);
    }

    /** How many elements there are, at most as many as any file has. */
    private static long size(Shape shape) {
        long size = 1;
        for (long extent : shape.toArray()) {
            size = extent != 0 && size > Long.MAX_VALUE / extent ? Long.MAX_VALUE : size * extent;
        }
        return size;
    }

    /** The bytes of a scalar string, which has its length and a checksum of that before it. */
    byte[] text(String key) throws IOException {
        ByteBuffer content = ByteBuffer.wrap(content(key, entry(key, DataType.DT_STRING)));
        try {
            long length = TfCheckpointTable.varint(content);
            content.getInt();
            if (length != content.remaining()) {
                throw new IOException(key + " says that it has " + length + " bytes and has " + content.remaining());
            }
            byte[] text = new byte[content.remaining()];
            content.get(text);
            return text;
        } catch (BufferUnderflowException e) {
            throw new IOException(key + " ends too early", e);
        }
    }

    /** The bytes of an entry; no more is allocated than the file has. */
    private byte[] content(String key, BundleEntryProto entry) throws IOException {
        int shard = entry.getShardId();
        if (shard < 0 || shard >= shards) {
            throw new IOException(key + " would lie in file " + shard + " of " + shards);
        }
        Path file = prefix.resolveSibling(prefix.getFileName() + String.format(".data-%05d-of-%05d", shard, shards));
        try (FileChannel channel = FileChannel.open(file)) {
            long offset = entry.getOffset();
            long size = entry.getSize();
            if (offset < 0 || size < 0 || size > channel.size() - offset || size > Integer.MAX_VALUE - 8) {
                throw new IOException(key + " would be bytes " + offset + " to " + (offset + size) + " of "
                        + file.getFileName() + ", which has " + channel.size());
            }
            ByteBuffer content = ByteBuffer.allocate((int) size);
            while (content.hasRemaining() && channel.read(content, offset + content.position()) >= 0) {
                // Reads on.
            }
            return content.array();
        }
    }
}
