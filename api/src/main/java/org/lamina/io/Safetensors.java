package org.lamina.io;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lamina.Arguments;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;

/**
 * Named arrays and metadata in the safetensors format: weights, inputs and outputs, or a tensor, a list or a map of one's own.
 *
 * <p>The dtypes are {@code F32}, {@code F64}, {@code I32}, {@code I64} and {@code BOOL}. Half precision, {@code F16} and {@code
 * BF16}, as published weights often have it, is read as float32, which holds each of its values exactly; it is never written.
 * Other dtypes are refused by name.
 *
 * <p>Writing the same arrays and metadata in the same order gives the same bytes on every machine.
 *
 * @param tensors the arrays by name, in the file's order
 * @param metadata free strings; of the weights of a model, the other paths of shared parameters with the path each is stored
 *     under
 */
public record Safetensors(Map<String, HostArray> tensors, Map<String, String> metadata) {
    /** Copies both maps, keeping their order. */
    public Safetensors {
        Arguments.requireAll(tensors, "Safetensors", "tensors");
        Arguments.requireAll(metadata, "Safetensors", "metadata");
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /** One tensor, named {@code x}: an input for a model of one input. */
    public static Safetensors of(HostArray tensor) {
        Arguments.require(tensor, "Safetensors.of", "tensor");
        return of(Map.of("x", tensor));
    }

    /** A list of tensors, named {@code 0}, {@code 1}, ... */
    public static Safetensors of(List<HostArray> tensors) {
        Arguments.requireAll(tensors, "Safetensors.of", "tensors");
        Map<String, HostArray> named = new LinkedHashMap<>();
        tensors.forEach(tensor -> named.put(Integer.toString(named.size()), tensor));
        return of(named);
    }

    /** Tensors by name, without metadata. */
    public static Safetensors of(Map<String, HostArray> tensors) {
        Arguments.requireAll(tensors, "Safetensors.of", "tensors");
        return new Safetensors(tensors, Map.of());
    }

    /**
     * Reads a file. Every number in it is checked before it is used.
     *
     * @throws LaminaException with {@link ErrorCode#FILE_FORMAT} if the file is not exactly what the format says, or holds a
     *     dtype that Lamina does not have; with {@link ErrorCode#FILE_ACCESS} if it cannot be read
     */
    public static Safetensors read(Path file) {
        Arguments.require(file, "Safetensors.read", "file");
        try (FileInput input = FileInput.open(file)) {
            return SafetensorsReader.read(input);
        }
    }

    /**
     * Writes a file, whole or not at all, replacing the one that is there.
     *
     * @throws LaminaException if a name cannot be stored, or the file cannot be written
     */
    public void write(Path file) {
        Arguments.require(file, "Safetensors.write", "file");
        AtomicWrite.file(file, new SafetensorsWriter(this));
    }

    /** Writes the bytes of a file to a stream, which stays open. @throws LaminaException if a name cannot be stored */
    public void writeTo(OutputStream out) throws IOException {
        Arguments.require(out, "Safetensors.writeTo", "out");
        new SafetensorsWriter(this).writeTo(out);
    }

    /** The only tensor. @throws LaminaException if there is none or more than one */
    public HostArray tensor() {
        if (tensors.size() != 1) {
            throw wrong("one tensor was asked for and there are " + tensors.size() + ": " + tensors.keySet()
                    + ". Use tensors() and choose by name.");
        }
        return tensors.values().iterator().next();
    }

    /** The tensor of a name. @throws LaminaException if there is none; the message lists those there are */
    public HostArray tensor(String name) {
        HostArray tensor = tensors.get(name);
        if (tensor == null) {
            throw wrong(
                    "there is no tensor named " + name + " among " + tensors.keySet() + ". Use one of these names.");
        }
        return tensor;
    }

    /** The tensors as a list, if they are named {@code 0}, {@code 1}, ... @throws LaminaException if there are other names */
    public List<HostArray> list() {
        List<HostArray> list = new ArrayList<>();
        for (int i = 0; i < tensors.size(); i++) {
            list.add(tensor(Integer.toString(i)));
        }
        return list;
    }

    private static LaminaException wrong(String fact) {
        return new LaminaException(ErrorCode.NAME, "tensors: " + fact);
    }
}
