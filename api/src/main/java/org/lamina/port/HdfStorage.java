package org.lamina.port;

import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
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
import org.lamina.layer.Layer;

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
    private static final Pattern PERMUTE = Pattern.compile("permute(_\\d+)?");

    /** A file that is being read. */
    private record Source(String name, long length, HdfFile file) {}

    @Override
    public Set<ForeignFile> marks() {
        return Set.of(ForeignFile.HDF5);
    }

    @Override
    public Map<String, HostArray> read(Path file) {
        return parse(file.toString(), WholeFile.read(file));
    }

    /** A file of weights alone says nothing of its layers; the archive of the same name beside it does. */
    @Override
    public void compare(Path file, Layer layer, List<LayerSite> sites, Misfits misfits) {
        String name = String.valueOf(file.getFileName());
        Path archive = file.resolveSibling(name.replaceFirst("(\\.weights)?\\.h5$", ".keras"));
        if (!archive.equals(file) && Files.exists(archive)) {
            new KerasArchive().compare(archive, layer, sites, misfits);
        }
        try (HdfFile weights = new HdfFile(file)) {
            addPermutes(weights, "", 0, misfits);
        }
    }

    /** Keras makes a group of every layer, of one without weights too, named by its class. */
    private static void addPermutes(Group group, String path, int depth, Misfits misfits) {
        for (Node node : group.getChildren().values()) {
            if (!node.isLink() && node instanceof Group inner && depth < DEEPEST) {
                String child = path + node.getName();
                if (PERMUTE.matcher(node.getName()).matches()) {
                    misfits.add(
                            child,
                            "is a layer of Keras' that permutes axes, which is not followed here: a Permute in the architecture "
                                    + "stands for what is put in as keras has the channels last");
                }
                addPermutes(inner, child + "/", depth + 1, misfits);
            }
        }
    }

    /** The arrays of a file's bytes. The library checks little, so whatever it throws is a malformed file. */
    static Map<String, HostArray> parse(String name, byte[] bytes) {
        requireWhole(name, bytes);
        Map<String, HostArray> arrays = new LinkedHashMap<>();
        try (HdfFile file = HdfFile.fromBytes(bytes)) {
            collect(new Source(name, bytes.length, file), file, "", 0, arrays);
            return arrays;
        } catch (LaminaException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            throw malformed(
                    name,
                    "this is no whole HDF5 file, or has something in it that is not known here, such as the opaque elements "
                            + "that h5py makes of bfloat16 (" + e.getMessage() + ")",
                    e);
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

    private static void collect(Source source, Group group, String path, int depth, Map<String, HostArray> arrays) {
        if (depth > DEEPEST) {
            throw malformed(source.name, "its groups nest more than " + DEEPEST + " deep", null);
        }
        for (Node node : new TreeMap<>(group.getChildren()).values()) {
            String child = path + node.getName();
            if (node.isLink()) {
                throw malformed(source.name, child + " is a link, which could lead to another file", null);
            }
            if (node instanceof Group inner) {
                collect(source, inner, child + "/", depth + 1, arrays);
            } else if (node instanceof Dataset dataset) {
                arrays.put(child, array(source, child, dataset));
            }
        }
    }

    private static HostArray array(Source source, String path, Dataset dataset) {
        try {
            // Compression may shrink weights, but hardly a hundredfold.
            if (dataset.getSizeInBytes() < 0 || dataset.getSizeInBytes() / 100 > source.length) {
                throw malformed(
                        source.name,
                        path + " says it has " + dataset.getSizeInBytes() + " bytes, more than is believable",
                        null);
            }
            HdfDataset.doubt(source.file, dataset).ifPresent(doubt -> {
                throw malformed(source.name, path + " " + doubt, null);
            });
            return array(source.name, path, dataset);
        } catch (LaminaException e) {
            throw e;
        } catch (RuntimeException e) {
            throw malformed(
                    source.name, path + " is damaged, or laid out in a way that is not known here (" + e + ")", e);
        }
    }

    private static HostArray array(String name, String path, Dataset dataset) {
        int[] sizes = dataset.getDimensions();
        long[] extents = new long[sizes.length];
        java.util.Arrays.setAll(extents, i -> sizes[i]);
        Shape shape = Shape.of(extents);
        if (dataset.getSize() == 0) {
            return HostArray.full(new TensorType(dtype(dataset), shape), 0);
        }
        Object flat = dataset.isScalar() ? dataset.getData() : dataset.getDataFlat();
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
        if (flat instanceof Number number && !(flat instanceof BigInteger)) {
            return scalar(number);
        }
        throw malformed(
                name,
                path + " holds " + dataset.getJavaType().getSimpleName() + ", and only float and int are known",
                null);
    }

    private static DType dtype(Dataset dataset) {
        Class<?> type = dataset.getJavaType();
        return type == float.class ? DType.FLOAT32 : type == double.class ? DType.FLOAT64 : DType.INT64;
    }

    private static HostArray scalar(Number number) {
        if (number instanceof Float value) {
            return HostArray.of(Shape.scalar(), value);
        }
        if (number instanceof Double value) {
            return HostArray.of(Shape.scalar(), value);
        }
        return number instanceof Long value
                ? HostArray.of(Shape.scalar(), value)
                : HostArray.of(Shape.scalar(), number.intValue());
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
