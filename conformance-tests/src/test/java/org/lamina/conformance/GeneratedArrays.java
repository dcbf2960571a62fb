package org.lamina.conformance;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import org.lamina.DType;
import org.lamina.Generator;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;

/**
 * Arrays for properties. Small ones are generated element by element, so that they shrink to zeros and one culprit; large ones
 * from a seed. Numbers near the least normal one are left out, as what comes of them may be flushed to 0 (rule 2.6).
 */
final class GeneratedArrays {
    static final List<DType> FLOATING = List.of(DType.FLOAT32, DType.FLOAT64);
    static final List<DType> NUMERIC = List.of(DType.FLOAT32, DType.FLOAT64, DType.INT32, DType.INT64);
    static final List<DType> ALL = List.of(DType.values());

    private static final int MOST_ELEMENTS = 48;

    private GeneratedArrays() {}

    /** Any values, NaN and infinities among them. */
    static Arbitrary<HostArray> any(DType dtype, Shape shape) {
        return of(
                dtype,
                shape,
                dtype.isFloating()
                        ? Arbitraries.frequencyOf(Tuple.of(4, ordinary()), Tuple.of(1, special()))
                        : Arbitraries.just(0.0));
    }

    /** Finite values of moderate size; integers are any. */
    static Arbitrary<HostArray> finite(DType dtype, Shape shape) {
        return of(dtype, shape, ordinary());
    }

    private static Arbitrary<Double> ordinary() {
        return Arbitraries.frequencyOf(
                Tuple.of(2, Arbitraries.of(0.0, 1.0, -1.0, 0.5, 2.0, -0.0, 3.0)),
                Tuple.of(3, Arbitraries.doubles().between(-4, 4).ofScale(4)),
                Tuple.of(1, Arbitraries.of(1e-10, -1e-10, 1000.0, -77.0)));
    }

    private static Arbitrary<Double> special() {
        return Arbitraries.of(
                Double.NaN,
                Double.POSITIVE_INFINITY,
                Double.NEGATIVE_INFINITY,
                1e30,
                -1e30,
                1e-15,
                3e38,
                -3e38,
                1.5e308,
                -86.0);
    }

    private static Arbitrary<HostArray> of(DType dtype, Shape shape, Arbitrary<Double> floating) {
        TensorType type = new TensorType(dtype, shape);
        int size = (int) shape.size();
        if (size > MOST_ELEMENTS) {
            return Arbitraries.longs().between(1, 1_000_000).map(seed -> seeded(type, seed));
        }
        return switch (dtype) {
            case FLOAT32, FLOAT64 -> floating.list().ofSize(size).map(values -> HostArray.generate(type, values::get));
            case INT32, INT64 -> integers(dtype).list().ofSize(size).map(values -> integers(type, values));
            case BOOL ->
                Arbitraries.of(false, true)
                        .list()
                        .ofSize(size)
                        .map(values -> HostArray.generate(type, i -> values.get(i) ? 1 : 0));
        };
    }

    private static Arbitrary<Long> integers(DType dtype) {
        boolean wide = dtype == DType.INT64;
        long least = wide ? Long.MIN_VALUE : Integer.MIN_VALUE;
        long most = wide ? Long.MAX_VALUE : Integer.MAX_VALUE;
        return Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.longs().between(-9, 9)),
                Tuple.of(1, Arbitraries.of(least, most, least + 1, (1L << (wide ? 53 : 24)) + 1)),
                Tuple.of(1, Arbitraries.longs().between(least, most)));
    }

    private static HostArray integers(TensorType type, List<Long> values) {
        if (type.dtype() == DType.INT32) {
            return HostArray.generate(type, values::get);
        }
        return HostArray.of(
                type.shape(), values.stream().mapToLong(value -> value).toArray());
    }

    private static HostArray seeded(TensorType type, long seed) {
        Generator generator = Generator.of(seed);
        return switch (type.dtype()) {
            case FLOAT32, FLOAT64 -> HostArray.generate(type, generator::normal);
            case INT32, INT64 -> HostArray.generate(type, i -> Math.floor(2001 * generator.uniform(i)) - 1000);
            case BOOL -> HostArray.generate(type, i -> generator.uniform(i) < 0.5 ? 0 : 1);
        };
    }

    /** Arrays of any values, one for each shape, of one of some dtypes. */
    static Arbitrary<List<HostArray>> any(List<DType> dtypes, Arbitrary<List<Shape>> shapes) {
        return Combinators.combine(Arbitraries.of(dtypes), shapes)
                .as((dtype, each) ->
                        all(each.stream().map(shape -> any(dtype, shape)).toList()))
                .flatMap(arrays -> arrays);
    }

    /** One array of any values. */
    static Arbitrary<HostArray> one(List<DType> dtypes, Arbitrary<Shape> shapes) {
        return any(dtypes, shapes.map(List::of)).map(arrays -> arrays.get(0));
    }

    /** Indices into an axis. */
    static Arbitrary<HostArray> indices(Shape shape, long size) {
        Arbitrary<List<Long>> values =
                Arbitraries.longs().between(0, size - 1).list().ofSize((int) shape.size());
        return Combinators.combine(Arbitraries.of(DType.INT64, DType.INT32), values)
                .as((dtype, each) -> HostArray.generate(new TensorType(dtype, shape), each::get));
    }

    static Arbitrary<List<HostArray>> all(List<Arbitrary<HostArray>> arrays) {
        return Combinators.combine(arrays).as(List::copyOf);
    }
}
