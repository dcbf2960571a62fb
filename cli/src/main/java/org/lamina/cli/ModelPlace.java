package org.lamina.cli;

import java.nio.file.Path;
import org.lamina.port.ModelFormat;
import org.lamina.port.ModelFormats;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * FORMAT:PATH.
 *
 * @param format by its name
 * @param path of a file or folder
 */
record ModelPlace(String format, Path path) {
    ModelFormat open() {
        return ModelFormats.named(format);
    }

    @Override
    public String toString() {
        return format + ":" + path;
    }

    /** Parses it. */
    static final class Converter implements ITypeConverter<ModelPlace> {
        @Override
        public ModelPlace convert(String value) {
            int colon = value.indexOf(':');
            if (colon <= 0 || colon == value.length() - 1) {
                throw new TypeConversionException(
                        "\"" + value + "\" is not FORMAT:PATH, such as torch:weights.safetensors");
            }
            return new ModelPlace(value.substring(0, colon), Path.of(value.substring(colon + 1)));
        }
    }
}
