package org.lamina.port;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.lamina.io.Bundle;
import org.lamina.layer.Layer;

/** A format that models are read from and written to; listed in {@code META-INF/services/org.lamina.port.ModelFormat}. */
public interface ModelFormat {
    /** The name people choose it by, such as {@code torch}. */
    String name();

    /**
     * Reads a model, loading no class that the file names.
     *
     * @param architecture the layers, where they are known from elsewhere; null to take them from the file, or from the layer.json
     *     beside it
     * @throws LaminaException if the file is damaged, or something in it has no equal; all that has none is listed
     */
    Bundle read(Path path, @Nullable Layer architecture);

    /**
     * Reads a model as {@link #read(Path, Layer)} does, whose inputs may be known, and tells how it lies.
     *
     * @param inputs the types of its inputs, none if they are not known
     */
    default Imported read(Path path, @Nullable Layer architecture, List<TensorType> inputs) {
        return new Imported(read(path, architecture), List.of());
    }

    /**
     * Writes a model, whole or not at all.
     *
     * @param inputs what the model is fed with, for formats that hold it
     * @throws LaminaException if layers of it have no equal in the format; all of them are listed and nothing is written
     */
    void write(Bundle model, Path path, List<TensorType> inputs);

    /** Writes a model for inputs that its weights tell; see {@link #write(Bundle, Path, List)}. */
    default void write(Bundle model, Path path) {
        write(model, path, ModelInputs.of(model));
    }

    /**
     * The model of a file in its own framework, to compare with; empty if the format is one of weights alone.
     *
     * @param architecture as for {@link #read}
     */
    default Optional<NativeModel> open(Path path, @Nullable Layer architecture) {
        return Optional.empty();
    }
}
