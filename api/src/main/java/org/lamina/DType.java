package org.lamina;

import java.util.Locale;

/** The element types of a tensor. There is no implicit promotion: operands of one op have one dtype. */
public enum DType {
    /** IEEE 754 binary32. */
    FLOAT32(4),
    /** IEEE 754 binary64. */
    FLOAT64(8),
    /** Two's complement, 32 bits; arithmetic wraps. */
    INT32(4),
    /** Two's complement, 64 bits; arithmetic wraps. */
    INT64(8),
    /** True or false, one byte each in memory and in files. */
    BOOL(1);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** The bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** True for float32 and float64. */
    public boolean isFloating() {
        return this == FLOAT32 || this == FLOAT64;
    }

    /** True for int32 and int64. */
    public boolean isInteger() {
        return this == INT32 || this == INT64;
    }

    /**
     * True if a number is one of this dtype but for the rounding of a fraction: an integer dtype holds the integers of its range, a
     * floating one what does not become infinite, and bool any number, as true or false.
     */
    public boolean holds(double value) {
        return switch (this) {
            case FLOAT32 -> !Float.isInfinite((float) value) || Double.isInfinite(value);
            case INT32 -> value == (int) value;
            case INT64 -> value == (long) value && value < 0x1p63;
            case FLOAT64, BOOL -> true;
        };
    }

    /** The name in lower case, as NumPy writes it: {@code float32}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
