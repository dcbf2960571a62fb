package org.lamina.io;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.lamina.Arguments;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.layer.Layer;

/**
 * Architectures as text, the format of {@code layer.json}.
 *
 * <p>A layer is an object whose {@code type} is its registered name and whose other fields are its record components. {@code id}
 * names a layer object, and <code>{"ref": "that id"}</code> is the same object again: a shared layer is read as one object and
 * written once. Layers nest at most 256 deep.
 *
 * @param registry the layers that it knows
 */
public record LayerJson(LayerRegistry registry) {
    /** @throws LaminaException ARGUMENT if one of them is null */
    public LayerJson {
        Arguments.require(registry, "LayerJson", "registry");
    }

    /** The longest text that is read; layers hold configuration, not weights. */
    static final int LONGEST = 16 << 20;

    /** The format with the layers of {@link LayerRegistry#standard}. */
    public static LayerJson standard() {
        return new LayerJson(LayerRegistry.standard());
    }

    /**
     * Reads a file.
     *
     * @throws LaminaException with the file and the place in it, as {@code layers[1].units}: {@link ErrorCode#ARCHITECTURE} if
     *     it is not well formed or a field does not fit, {@link ErrorCode#UNKNOWN_LAYER} for a type that is not registered, the
     *     layer's own error for values that its record refuses, {@link ErrorCode#FILE_ACCESS} if it cannot be read
     */
    public Layer read(Path file) {
        Arguments.require(file, "LayerJson.read", "file");
        try (FileInput input = FileInput.open(file)) {
            return read(input);
        }
    }

    Layer read(FileInput input) {
        byte[] bytes = input.readRest(LONGEST);
        input.requireEnd();
        try {
            return parse(input.name(), JsonText.decode(bytes));
        } catch (IOException e) {
            throw malformed(input.name(), e);
        }
    }

    /** The layer of a text. @throws LaminaException as {@link #read(Path)} does */
    public Layer parse(String text) {
        Arguments.require(text, "LayerJson.parse", "text");
        return parse("layer.json", text);
    }

    private Layer parse(String file, String text) {
        try {
            return LayerReader.read(file, registry, Json.parse(text));
        } catch (IOException e) {
            throw malformed(file, e);
        }
    }

    private static LaminaException malformed(String file, IOException problem) {
        return Place.top(file)
                .error("this is not well-formed JSON: " + JsonText.message(problem), "Correct the text there.");
    }

    /**
     * Writes a file, whole or not at all, replacing the one that is there.
     *
     * @throws LaminaException if a layer in it is not registered, such as a lambda, or the file cannot be written
     */
    public void write(Path file, Layer layer) {
        Arguments.require(file, "LayerJson.write", "file");
        Arguments.require(layer, "LayerJson.write", "layer");
        AtomicWrite.file(file, content(layer));
    }

    AtomicWrite.Content content(Layer layer) {
        byte[] bytes = format(layer).getBytes(StandardCharsets.UTF_8);
        return out -> out.write(bytes);
    }

    /** A layer as text; the same layer gives the same text. @throws LaminaException if a layer in it is not registered */
    public String format(Layer layer) {
        Arguments.require(layer, "LayerJson.format", "layer");
        return LayerWriter.write(registry, layer);
    }
}
