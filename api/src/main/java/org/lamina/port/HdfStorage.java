package org.lamina.port;

import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.io.AtomicWrite;
import org.lamina.io.Safetensors;
import org.lamina.io.WholeFile;

/**
 * Arrays in HDF5, named by their groups with slashes.
 *
 * @param suffix how names of such files end
 */
record HdfStorage(String suffix) implements ArrayStorage {
    private static final long SIGNATURE = 0x0a1a0a0d46444889L;
    private static final int SUPERBLOCK = 60;
    private static final int END_BEFORE_VERSION_2 = 40;
    private static final int END_FROM_VERSION_2 = 28;
    private static final int DEEPEST = 64;
    /** Deflate, shuffle and Fletcher's checksum, which is what Keras writes; decoders of others come from anywhere. */
    private static final Set<Integer> FILTERS = Set.of(1, 2, 3);

    @Override
    public Map<String, HostArray> read(Path file) {
        return parse(file.toString(), WholeFile.read(file));
    }

    /** The arrays of a file's bytes. The library checks little, so whatever it throws is a malformed file. */
    static Map<String, HostArray> parse(String name, byte[] bytes) {
        requireWhole(name, bytes);
        Map<String, HostArray> arrays = new LinkedHashMap<>();
        try (HdfFile file = HdfFile.fromBytes(bytes)) {
            collect(name, bytes.length, file, "", 0, arrays);
            return arrays;
        } catch (LaminaException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            throw malformed(name, "this is no whole HDF5 file (" + e.getClass().getSimpleName() + ")", e);
        }
    }

    /** The superblock says where the file ends, which the library does not compare. */
    private static void requireWhole(String name, byte[] bytes) {
        ByteBuffer start = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length < SUPERBLOCK || start.getLong(0) != SIGNATURE) {
            throw malformed(name, "it does not begin as an HDF5 file does", null);
        }
        int version = bytes[8];
        long end = start.getLong(version < 2 ? END_BEFORE_VERSION_2 + (version == 1 ? 4 : 0) : END_FROM_VERSION_2);
        if (end < 0 || end > bytes.length) {
            throw malformed(name, "it has " + bytes.length + " bytes and says that it has " + end, null);
        }
    }

    private static void collect(
            String name, long length, Group group, String path, int depth, Map<String, HostArray> arrays) {
        if (depth > DEEPEST) {
            throw malformed(name, "its groups nest more than " + DEEPEST + " deep", null);
        }
        for (Node node : new TreeMap<>(group.getChildren()).values()) {
            String child = path + node.getName();
            if (node.isLink()) {
                throw malformed(name, child + " is a link, which could lead to another file", null);
            }
            if (node instanceof Group inner) {
                collect(name, length, inner, child + "/", depth + 1, arrays);
            } else if (node instanceof Dataset dataset && !dataset.isEmpty()) {
                arrays.put(child, array(name, length, child, dataset));
            }
        }
    }

    private static HostArray array(String name, long length, String path, Dataset dataset) {
        // Compression may shrink weights, but hardly a hundredfold.
        if (dataset.getSizeInBytes() < 0 || dataset.getSizeInBytes() / 100 > length) {
            throw malformed(
                    name, path + " says it has " + dataset.getSizeInBytes() + " bytes, more than is believable", null);
        }
        dataset.getFilters().stream()
                .filter(filter -> !FILTERS.contains(filter.getId()))
                .findFirst()
                .ifPresent(filter -> {
                    throw malformed(
                            name, path + " is compressed by " + filter.getName() + ", and only gzip is known", null);
                });
        int[] sizes = dataset.getDimensions();
        long[] extents = new long[sizes.length];
        java.util.Arrays.setAll(extents, i -> sizes[i]);
        Object flat = dataset.isScalar() ? dataset.getData() : dataset.getDataFlat();
        Shape shape = Shape.of(extents);
        if (flat instanceof float[] values) {
            return HostArray.of(shape, values);
        }
        if (flat instanceof double[] values) {
            return HostArray.of(shape, values);
        }
        if (flat instanceof int[] values) {
            return HostArray.of(shape, values);
        }
        if (flat instanceof long[] values) {
            return HostArray.of(shape, values);
        }
        if (flat instanceof Number number) {
            return HostArray.full(new TensorType(DType.FLOAT64, Shape.scalar()), number.doubleValue());
        }
        throw malformed(
                name,
                path + " holds " + dataset.getJavaType().getSimpleName() + ", and only float and int are known",
                null);
    }

    private static LaminaException malformed(String name, String fact, @Nullable Throwable cause) {
        return new LaminaException(
                ErrorCode.FILE_FORMAT,
                name + ": " + fact
                        + "; nothing was loaded. The file is damaged or of another format: copy it again from "
                        + "its source or write it anew.",
                cause);
    }

    @Override
    public AtomicWrite.Content content(Safetensors arrays) {
        byte[] bytes = HdfWriter.write(arrays.tensors());
        return out -> out.write(bytes);
    }
}
