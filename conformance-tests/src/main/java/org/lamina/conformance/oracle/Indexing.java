package org.lamina.conformance.oracle;

import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.lamina.Shape;
import org.lamina.TensorType;

/** Ops that an integer tensor directs. */
final class Indexing {
    private Indexing() {}

    static OracleTensor gather(OracleTensor x, OracleTensor indices, int axis) {
        Shape shape = x.shape();
        int size = (int) shape.extent(axis);
        int inner = (int) shape.slice(axis + 1, shape.rank()).size();
        int outer = (int) shape.slice(0, axis).size();
        int[] positions = new int[outer * indices.size() * inner];
        int next = 0;
        for (int o = 0; o < outer; o++) {
            for (int i = 0; i < indices.size(); i++) {
                int index = checked(indices.integer(i), size);
                for (int e = 0; e < inner; e++) {
                    positions[next++] = (o * size + index) * inner + e;
                }
            }
        }
        Shape result = shape.slice(0, axis).concat(indices.shape()).concat(shape.slice(axis + 1, shape.rank()));
        return x.at(result, positions);
    }

    static OracleTensor scatterAdd(OracleTensor x, OracleTensor indices, int axis, int size, Rounding rounding) {
        Shape shape = x.shape();
        int end = axis + indices.shape().rank();
        int inner = (int) shape.slice(end, shape.rank()).size();
        int count = indices.size();
        TensorType type =
                x.type().with(shape.slice(0, axis).concat(Shape.of(size)).concat(shape.slice(end, shape.rank())));
        IntStream.range(0, count).forEach(i -> checked(indices.integer(i), size));
        int[][] sources = IntStream.range(0, size)
                .mapToObj(target -> select(count, i -> indices.integer(i) == target))
                .toArray(int[][]::new);
        return sums(x, type, rounding, flat -> {
            int outer = flat / (size * inner);
            int[] found = sources[flat / inner % size];
            return IntStream.of(found)
                    .map(i -> (outer * count + i) * inner + flat % inner)
                    .toArray();
        });
    }

    /** For each element of the result the flat positions of what is added up in it. */
    private interface Sources {
        int[] of(int flat);
    }

    private static OracleTensor sums(OracleTensor x, TensorType type, Rounding rounding, Sources sources) {
        if (x.isFloating()) {
            Arithmetic arithmetic = rounding.of(x.dtype());
            return OracleTensor.ofReals(type, i -> arithmetic.sum(Reductions.elements(x, 0, sources.of(i))));
        }
        return OracleTensor.ofIntegers(
                type,
                i -> Integers.wrap(
                        x.dtype(),
                        IntStream.of(sources.of(i)).mapToLong(x::integer).sum()));
    }

    private static int[] select(int count, IntPredicate predicate) {
        return IntStream.range(0, count).filter(predicate).toArray();
    }

    /** Indices in range are the caller's duty; the oracle says so where they are not, instead of computing nonsense. */
    private static int checked(long index, int size) {
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException("index " + index + " of an axis of size " + size);
        }
        return (int) index;
    }
}
