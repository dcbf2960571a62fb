package org.lamina.dl4j;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.io.ArchiveEntry;

/** The flat parameters of a network, handed out one array after another. ND4J's own reader would allocate what a file asks for. */
final class Dl4jCoefficients {
    private final String file;
    private final DType dtype;
    private final ByteBuffer values;
    /** If set, what is handed out are no values but the places where they lie. */
    private final boolean places;

    /** Those of a network in memory. */
    Dl4jCoefficients(HostArray flat) {
        this("the network's parameters", flat, false);
    }

    private Dl4jCoefficients(String file, HostArray flat, boolean places) {
        this.file = file;
        this.dtype = flat.dtype();
        this.values = flat.buffer();
        this.places = places;
    }

    /** Hands out, for each value, where it lies among so many. */
    static Dl4jCoefficients places(long count) {
        TensorType type = new TensorType(DType.FLOAT64, Shape.of(count));
        return new Dl4jCoefficients("the network's parameters", HostArray.generate(type, i -> i), true);
    }

    Dl4jCoefficients(Path archive) {
        this.places = false;
        this.file = archive + ", entry " + Dl4jFormat.COEFFICIENTS;
        byte[] bytes = ArchiveEntry.read(archive, Dl4jFormat.COEFFICIENTS);
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            in.readUTF();
            long shapeLength = in.readLong();
            in.readUTF();
            skip(in, shapeLength, Long.BYTES);
            in.readUTF();
            long count = in.readLong();
            this.dtype = dtype(in.readUTF());
            if (count < 0 || count != in.available() / dtype.bytes() || in.available() % dtype.bytes() != 0) {
                throw malformed("it says that it has " + count + " values, and " + in.available() + " bytes follow");
            }
            this.values = ByteBuffer.wrap(bytes, bytes.length - in.available(), in.available());
        } catch (IOException e) {
            throw malformed("its header is not that of ND4J's arrays");
        }
    }

    private void skip(DataInputStream in, long count, int size) throws IOException {
        if (count < 0 || count > in.available() / size) {
            throw malformed("its shape would have " + count + " numbers");
        }
        in.skipBytes(Math.toIntExact(count * size));
    }

    private DType dtype(String name) {
        return switch (name) {
            case "FLOAT" -> DType.FLOAT32;
            case "DOUBLE" -> DType.FLOAT64;
            default -> throw malformed("it holds " + name + ", and FLOAT and DOUBLE are known");
        };
    }

    /** The next array, whose elements lie in C order. */
    HostArray next(long... sizes) {
        TensorType type = new TensorType(dtype, Shape.of(sizes));
        long count = 1;
        for (long size : sizes) {
            count = size < 0 || size > Integer.MAX_VALUE ? Long.MAX_VALUE : saturated(count, size);
        }
        if (count > values.remaining() / dtype.bytes()) {
            throw malformed("it ends before " + type + " of the configuration");
        }
        double[] read = new double[Math.toIntExact(count)];
        for (int i = 0; i < read.length; i++) {
            read[i] = dtype == DType.FLOAT32 ? values.getFloat() : values.getDouble();
        }
        return HostArray.generate(type, i -> read[i]);
    }

    private static long saturated(long one, long other) {
        return other != 0 && one > Long.MAX_VALUE / other ? Long.MAX_VALUE : one * other;
    }

    /** The next matrix, whose columns lie one after another, as Deeplearning4j's do. */
    HostArray nextMatrix(long rows, long columns) {
        HostArray turned = next(columns, rows);
        return HostArray.generate(
                new TensorType(dtype, Shape.of(rows, columns)),
                i -> turned.doubleAt((int) (i % columns * rows + i / columns)));
    }

    /** The next variances, kept as log10 of the deviation. As places they are -1 - place, since they are kept so. */
    HostArray nextOfLogarithms(long count) {
        HostArray kept = next(count);
        return HostArray.generate(
                kept.type(), i -> places ? -1 - kept.doubleAt(i) : StrictMath.pow(10, 2 * kept.doubleAt(i)));
    }

    /** Refuses what no layer took. */
    void requireEnd() {
        if (values.hasRemaining()) {
            throw malformed(
                    values.remaining() / dtype.bytes() + " values are left that no layer of the configuration has");
        }
    }

    private LaminaException malformed(String fact) {
        return new LaminaException(
                ErrorCode.FILE_FORMAT,
                file + ": " + fact
                        + "; nothing was loaded. The file is damaged or of another format: copy it again from its "
                        + "source or write it anew.");
    }
}
