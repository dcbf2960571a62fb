package org.lamina.conformance.cases;

import java.util.List;
import java.util.stream.LongStream;
import org.lamina.DType;
import org.lamina.Generator;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;

/** What cases are called with. The same arguments give the same values everywhere. */
final class Values {
    static final List<DType> FLOATING = List.of(DType.FLOAT32, DType.FLOAT64);
    static final List<DType> INTEGER = List.of(DType.INT32, DType.INT64);
    static final List<DType> NUMERIC = List.of(DType.FLOAT32, DType.FLOAT64, DType.INT32, DType.INT64);
    static final List<DType> ALL = List.of(DType.values());

    /** One of each rank, axes of size 0 and 1, odd and beyond one vector register. */
    static final List<Shape> SHAPES = List.of(
            Shape.scalar(),
            Shape.of(1),
            Shape.of(0),
            Shape.of(37),
            Shape.of(2, 3),
            Shape.of(0, 3),
            Shape.of(4, 1, 5),
            Shape.of(3, 0, 2),
            Shape.of(2, 3, 1, 2),
            Shape.of(2, 1, 2, 1, 3),
            Shape.of(2, 1, 3, 1, 2, 2),
            Shape.of(1, 1, 1, 1, 1, 1));

    private static final double[] SPECIAL = {
        Double.NaN, Double.NEGATIVE_INFINITY, -1e30, -2, -1, -0.5, -0.0, 0, 0.5, 1, 2, 1e30, Double.POSITIVE_INFINITY
    };

    private Values() {}

    /** Floats from N(0, 1), integers from -100 to 100, bools of both kinds. */
    static HostArray random(DType dtype, Shape shape, long seed) {
        Generator generator = Generator.of(seed).split(shape.toString());
        return switch (dtype) {
            case FLOAT32, FLOAT64 -> HostArray.generate(new TensorType(dtype, shape), generator::normal);
            case INT32, INT64 ->
                HostArray.generate(new TensorType(dtype, shape), i -> Math.floor(201 * generator.uniform(i)) - 100);
            case BOOL -> HostArray.generate(new TensorType(dtype, shape), i -> generator.uniform(i) < 0.5 ? 1 : 0);
        };
    }

    /** Values with all that a dtype has to offer: NaN, infinities, zeros of both signs, integers beyond 2^53, true and false. */
    static HostArray special(DType dtype, Shape shape) {
        TensorType type = new TensorType(dtype, shape);
        return switch (dtype) {
            case FLOAT32, FLOAT64 -> HostArray.generate(type, i -> SPECIAL[i % SPECIAL.length]);
            case INT64 -> large(shape);
            case INT32 -> HostArray.generate(type, i -> (int) (0x9E3779B9L * (i + 1)));
            case BOOL -> HostArray.generate(type, i -> i % 3 == 0 ? 1 : 0);
        };
    }

    /** The special values of a dtype along an axis of their own: those of x beside those of y make every pair. */
    static HostArray specials(DType dtype, boolean column) {
        int count = dtype.isFloating() ? SPECIAL.length : 6;
        return special(dtype, column ? Shape.of(count, 1) : Shape.of(1, count));
    }

    private static HostArray large(Shape shape) {
        return HostArray.of(
                shape,
                LongStream.range(0, shape.size())
                        .map(i -> (i % 2 == 0 ? 1 : -1) * ((1L << 53) + 1 + i / 2))
                        .toArray());
    }

    /** Values spread evenly from low to high. */
    static HostArray spread(DType dtype, double low, double high, int count) {
        return HostArray.generate(new TensorType(dtype, Shape.of(count)), i -> low + (high - low) * i / (count - 1));
    }

    /** Positive values spread evenly by their logarithm, from 10^low to 10^high. */
    static HostArray magnitudes(DType dtype, double low, double high, int count) {
        return HostArray.generate(
                new TensorType(dtype, Shape.of(count)), i -> StrictMath.pow(10, low + (high - low) * i / (count - 1)));
    }

    /** Values of both signs spread evenly by their logarithm, from 10^low to 10^high. */
    static HostArray signedMagnitudes(DType dtype, double low, double high, int count) {
        HostArray magnitudes = magnitudes(dtype, low, high, count);
        return HostArray.generate(magnitudes.type(), i -> (i % 2 == 0 ? 1 : -1) * magnitudes.doubleAt(i));
    }
}
