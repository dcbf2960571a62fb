package org.lamina.conformance.oracle;

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

    static OracleTensor scatterAdd(OracleTensor x, OracleTensor indices, int axis, int size, Precision precision) {
        Shape shape = x.shape();
        int end = axis + indices.shape().rank();
        int inner = (int) shape.slice(end, shape.rank()).size();
        TensorType type =
                x.type().with(shape.slice(0, axis).concat(Shape.of(size)).concat(shape.slice(end, shape.rank())));
        int[] starts = new int[indices.size()];
        for (int i = 0; i < starts.length; i++) {
            starts[i] = checked(indices.integer(i), size) * inner;
        }
        int outer = (int) shape.slice(0, axis).size();
        int[] targets = new int[x.size()];
        int next = 0;
        for (int o = 0; o < outer; o++) {
            for (int start : starts) {
                for (int e = 0; e < inner; e++) {
                    targets[next++] = o * size * inner + start + e;
                }
            }
        }
        return x.isFloating() ? reals(x, type, targets, precision.of(x.dtype())) : integers(x, type, targets);
    }

    private static OracleTensor reals(OracleTensor x, TensorType type, int[] targets, Arithmetic arithmetic) {
        double[] sums = new double[Math.toIntExact(type.shape().size())];
        double[] errors = new double[sums.length];
        for (int i = 0; i < targets.length; i++) {
            int target = targets[i];
            double sum = sums[target] + x.real(i);
            if (arithmetic.twofold()) {
                errors[target] += Accumulator.sumError(sums[target], x.real(i), sum);
            }
            sums[target] = sum;
        }
        for (int i = 0; i < sums.length; i++) {
            sums[i] = arithmetic.ranged(Accumulator.value(sums[i], errors[i]));
        }
        return OracleTensor.of(type, sums);
    }

    private static OracleTensor integers(OracleTensor x, TensorType type, int[] targets) {
        long[] sums = new long[Math.toIntExact(type.shape().size())];
        for (int i = 0; i < targets.length; i++) {
            sums[targets[i]] = Integers.wrap(x.dtype(), sums[targets[i]] + x.integer(i));
        }
        return OracleTensor.of(type, sums);
    }

    /** Indices in range are the caller's duty; the oracle says so where they are not, instead of computing nonsense. */
    private static int checked(long index, int size) {
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException("index " + index + " of an axis of size " + size);
        }
        return (int) index;
    }
}
