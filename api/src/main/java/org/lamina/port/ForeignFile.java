package org.lamina.port;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.io.ArchiveEntry;

/** What a file is, told by its first bytes and the names in it; so that one of another format is refused by what it is. */
public enum ForeignFile {
    /** {@code torch.save} since 1.6. */
    TORCH_ARCHIVE(
            "a zip of torch.save, whose pickle can run code when it is loaded and is never read",
            "In Python, load it with torch.load and write the state_dict with safetensors.torch.save_file."),
    /** {@code torch.jit.save}. */
    TORCH_SCRIPT(
            "a TorchScript archive, which holds a program and no state_dict",
            "In Python, load it with torch.jit.load and write its state_dict() with safetensors.torch.save_file."),
    /** Python's pickles: {@code torch.save} before 1.6, and others. */
    PICKLE(
            "a pickle of Python, which can run code when it is loaded and is never read",
            "In Python, load it if you trust it, and write its arrays with safetensors or numpy.savez."),
    /** A list of shards. */
    SHARD_INDEX(
            "the index of weights in several files, and holds none itself",
            "In Python, load all the files that its weight_map names and write their arrays to one safetensors file."),
    /** Other JSON. */
    JSON("a JSON document, and holds no weights", "Give the file of weights that it belongs to."),
    /** NumPy's archive. */
    NPZ("an npz archive of NumPy", "Give a file of this format, or port from npz with Lamina's names."),
    /** NumPy's array. */
    NPY("a single array of NumPy without a name", "Give a file with all arrays by their names."),
    /** Keras 3's archive. */
    KERAS("a .keras archive", "Port it from keras, with the ending .keras."),
    /** Lamina's bundle. */
    BUNDLE("a bundle of Lamina", "Port it from lamina."),
    /** Deeplearning4j's archive. */
    DL4J("a network of Deeplearning4j", "Port it from dl4j."),
    /** Another archive. */
    ZIP("a zip archive", "Unpack it and give the file of weights in it."),
    /** HDF5. */
    HDF5("an HDF5 file", "Port it from keras, with the ending .weights.h5."),
    /** DJL's parameters. */
    DJL("a file of parameters of DJL's Model.save", "Port it from djl."),
    /** ONNX, GraphDef, SavedModel. */
    GRAPH(
            "a graph as a protocol buffer (ONNX, or TensorFlow's frozen graph or saved_model.pb), not weights by name",
            "Give the weights that it was made from; of a SavedModel, port its folder from tf."),
    /** Flax's {@code serialization.to_bytes}. */
    MSGPACK(
            "a msgpack file of Flax, which is not read",
            "In Python, restore it, flatten its parameters with flax.traverse_util.flatten_dict and sep='.', and write them with "
                    + "safetensors.numpy.save_file."),
    /** Nothing. */
    EMPTY("an empty file", "Copy it again from its source or write it anew."),
    /** Compressed. */
    GZIP("compressed by gzip", "Unpack it with gunzip and give what is in it."),
    /** Git's large files. */
    POINTER("a pointer of Git LFS, not the file itself", "Fetch the file with git lfs pull.");

    private static final int START = 512;
    private static final int LENGTH = 8;
    private static final Set<String> GRAPHS = Set.of(".pb", ".onnx", ".pbtxt");

    private final String fact;
    private final String next;

    ForeignFile(String fact, String next) {
        this.fact = fact;
        this.next = next;
    }

    /** What a file is; empty if nothing tells, or it cannot be read. */
    public static Optional<ForeignFile> of(Path file) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(START);
        } catch (IOException e) {
            return Optional.empty();
        }
        String start = new String(bytes, StandardCharsets.ISO_8859_1);
        if (isSafetensors(start)) {
            return Optional.empty();
        }
        return start.startsWith("PK\3\4") ? archive(file) : byStart(file, start);
    }

    /** Eight bytes of a length, which may look like any other mark, and the header. */
    private static boolean isSafetensors(String start) {
        return start.length() > LENGTH && start.charAt(LENGTH) == '{' && start.startsWith("\0\0\0\0", LENGTH / 2);
    }

    private static Optional<ForeignFile> byStart(Path file, String start) {
        if (start.startsWith("\u0080") && start.length() > 1 && start.charAt(1) >= 2 && start.charAt(1) <= 5) {
            return Optional.of(PICKLE);
        } else if (start.startsWith("{")) {
            return Optional.of(start.contains("weight_map") || isIndex(file) ? SHARD_INDEX : JSON);
        } else if (start.startsWith("\u0093NUMPY")) {
            return Optional.of(NPY);
        } else if (start.startsWith("\u0089HDF\r\n\u001a\n")) {
            return Optional.of(HDF5);
        } else if (start.startsWith("DJL@")) {
            return Optional.of(DJL);
        } else if (start.startsWith("\u001f\u008b")) {
            return Optional.of(GZIP);
        } else if (start.startsWith("version https://git-lfs")) {
            return Optional.of(POINTER);
        } else if (start.isEmpty()) {
            return Optional.of(EMPTY);
        } else if (isMap(start)) {
            return Optional.of(MSGPACK);
        }
        String name = file.toString();
        return GRAPHS.stream().anyMatch(name::endsWith) ? Optional.of(GRAPH) : Optional.empty();
    }

    /** A map of msgpack with a string as its first key. */
    private static boolean isMap(String start) {
        return start.length() > 1
                && (start.charAt(0) & 0xf0) == 0x80
                && ((start.charAt(1) & 0xe0) == 0xa0 || start.charAt(1) == 0xd9);
    }

    private static boolean isIndex(Path file) {
        return file.toString().endsWith(".index.json");
    }

    private static Optional<ForeignFile> archive(Path file) {
        try {
            return Optional.of(archive(ArchiveEntry.names(file)));
        } catch (LaminaException e) {
            // Who reads it says what is wrong with it.
            return Optional.empty();
        }
    }

    private static ForeignFile archive(Set<String> names) {
        if (names.stream().anyMatch(name -> name.endsWith("/constants.pkl"))) {
            return TORCH_SCRIPT;
        } else if (names.stream().anyMatch(name -> name.equals("data.pkl") || name.endsWith("/data.pkl"))) {
            return TORCH_ARCHIVE;
        } else if (names.contains("model.weights.h5")) {
            return KERAS;
        } else if (names.contains("layer.json")) {
            return BUNDLE;
        } else if (names.contains("configuration.json")) {
            return DL4J;
        }
        return !names.isEmpty() && names.stream().allMatch(name -> name.endsWith(".npy")) ? NPZ : ZIP;
    }

    /**
     * Refuses a file that is told to be something else.
     *
     * @param expected what it may be
     * @throws LaminaException with {@link ErrorCode#FILE_FORMAT} that says what the file is and what to do
     */
    public static void requireNone(Path file, Set<ForeignFile> expected) {
        of(file).filter(found -> !expected.contains(found)).ifPresent(found -> {
            throw found.refusal(file);
        });
    }

    /** The error that says what a file is and what to do. */
    public LaminaException refusal(Path file) {
        return new LaminaException(ErrorCode.FILE_FORMAT, file + ": this is " + fact + "; nothing was loaded. " + next);
    }
}
