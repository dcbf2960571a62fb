package org.lamina.port;

import io.jhdf.object.datatype.DataType;
import io.jhdf.object.datatype.FixedPoint;
import io.jhdf.object.datatype.FloatingPoint;
import io.jhdf.object.datatype.OpaqueDataType;
import java.util.List;
import java.util.Optional;

/**
 * How the bits of an element lie, which HDF5 lets every file choose. The library goes by the size alone, so all else is compared.
 *
 * @param size in bytes; the sign is the first bit
 * @param exponent how many bits it has, after the sign
 * @param bias what is subtracted from the exponent
 */
record HdfType(String name, int size, int exponent, int bias) {
    /** The mantissa begins with a one that is not stored. */
    private static final int IMPLIED = 2;

    private static final HdfType BFLOAT16 = new HdfType("bfloat16", 2, 8, 127);
    private static final List<HdfType> READ = List.of(
            new HdfType("float16", 2, 5, 15), new HdfType("float32", 4, 8, 127), new HdfType("float64", 8, 11, 1023));

    /** Why numbers of a type are not read; empty if they are. */
    static Optional<String> doubt(DataType type) {
        if (type instanceof FloatingPoint floating) {
            return READ.stream().anyMatch(known -> known.is(floating))
                    ? Optional.empty()
                    : Optional.of(unread(floating));
        }
        if (type instanceof FixedPoint fixed) {
            return fixed.getBitOffset() == 0 && fixed.getBitPrecision() == Byte.SIZE * fixed.getSize()
                    ? Optional.empty()
                    : Optional.of("holds integers of " + fixed.getBitPrecision() + " bits in " + fixed.getSize()
                            + " bytes, and only those that fill their bytes are known");
        }
        return Optional.of(
                "holds " + kind(type) + " of " + type.getSize() + " bytes, and only float and int are known");
    }

    private static String kind(DataType type) {
        // Of NumPy's bfloat16, which is none of NumPy's own types, h5py makes opaque bytes.
        return type instanceof OpaqueDataType
                ? "opaque elements (as h5py stores bfloat16: write float32)"
                : type.getClass().getSimpleName().replace("DataType", "") + " elements";
    }

    private boolean is(FloatingPoint type) {
        int bits = Byte.SIZE * size;
        int mantissa = bits - 1 - exponent;
        return type.getSize() == size
                && type.getBitOffset() == 0
                && type.getBitPrecision() == bits
                && type.getSignLocation() == bits - 1
                && type.getExponentLocation() == mantissa
                && type.getExponentSize() == exponent
                && type.getMantissaLocation() == 0
                && type.getMantissaSize() == mantissa
                && type.getMantissaNormalization() == IMPLIED
                && type.getExponentBias() == bias;
    }

    private static String unread(FloatingPoint type) {
        return BFLOAT16.is(type)
                ? "is bfloat16, which is not read: write it as float32, which holds each of its values"
                : "has floats of " + type.getSize() + " bytes with the sign at bit " + type.getSignLocation() + ", "
                        + type.getExponentSize() + " bits of exponent from bit " + type.getExponentLocation()
                        + " biased by " + type.getExponentBias() + " and " + type.getMantissaSize()
                        + " bits of mantissa from bit " + type.getMantissaLocation()
                        + ", and only float16, float32 and float64 of IEEE 754 are known";
    }
}
