package org.lamina.cli;

import org.lamina.DType;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code float32} or {@code float64}. */
final class FloatingDType implements ITypeConverter<DType> {
    FloatingDType() {}

    @Override
    public DType convert(String name) {
        for (DType dtype : DType.values()) {
            if (dtype.isFloating() && dtype.toString().equals(name)) {
                return dtype;
            }
        }
        throw new TypeConversionException("'" + name + "' is neither float32 nor float64");
    }
}
