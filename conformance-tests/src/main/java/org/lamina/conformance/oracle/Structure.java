package org.lamina.conformance.oracle;

import java.util.List;
import org.lamina.Shape;

/** Ops that move elements and compute nothing. */
final class Structure {
    private Structure() {}

    static OracleTensor transpose(OracleTensor x, int[] permutation) {
        return view(x, Layout.of(x.shape()).axes(permutation));
    }

    static OracleTensor broadcast(OracleTensor x, Shape shape) {
        return view(x, Layout.broadcast(x.shape(), shape));
    }

    static OracleTensor slice(OracleTensor x, int axis, long start, long length, long step) {
        return view(x, Layout.of(x.shape()).slice(axis, start, length, step));
    }

    private static OracleTensor view(OracleTensor x, Layout layout) {
        return x.at(layout.shape(), layout.positions());
    }

    static OracleTensor concat(List<OracleTensor> tensors, int axis) {
        long size = tensors.stream().mapToLong(x -> x.shape().extent(axis)).sum();
        Shape shape = tensors.get(0).shape().with(axis, size);
        Assembly assembly = new Assembly(tensors.get(0).type().with(shape), 0);
        long start = 0;
        for (OracleTensor x : tensors) {
            long length = x.shape().extent(axis);
            assembly.put(x, Layout.of(shape).slice(axis, start, length, 1).positions());
            start += length;
        }
        return assembly.tensor();
    }

    static OracleTensor pad(OracleTensor x, int axis, long before, long after, double value) {
        long length = x.shape().extent(axis);
        Shape shape = x.shape().with(axis, before + length + after);
        return new Assembly(x.type().with(shape), value)
                .put(x, Layout.of(shape).slice(axis, before, length, 1).positions())
                .tensor();
    }
}
