package org.lamina.port;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;

/** Moves elements of arrays on the host, without a framework. */
final class Elements {
    private Elements() {}

    private static HostArray gather(HostArray array, Shape shape, IntUnaryOperator source) {
        return HostArray.generate(
                new TensorType(array.dtype(), shape), index -> array.doubleAt(source.applyAsInt(index)));
    }

    /** Axis i of the result is axis order[i] of the array. */
    static HostArray transpose(HostArray array, int... order) {
        long[] sizes = new long[order.length];
        int[] steps = new int[order.length];
        int[] own = steps(array.shape());
        for (int i = 0; i < order.length; i++) {
            sizes[i] = array.shape().extent(order[i]);
            steps[i] = own[order[i]];
        }
        return gather(array, Shape.of(sizes), index -> {
            int rest = index;
            int source = 0;
            for (int axis = sizes.length - 1; axis >= 0; axis--) {
                source += (int) (rest % sizes[axis]) * steps[axis];
                rest /= (int) sizes[axis];
            }
            return source;
        });
    }

    /** How far apart neighbours along each axis are in C order. */
    private static int[] steps(Shape shape) {
        int[] steps = new int[shape.rank()];
        int step = 1;
        for (int axis = shape.rank() - 1; axis >= 0; axis--) {
            steps[axis] = step;
            step *= (int) shape.extent(axis);
        }
        return steps;
    }

    static HostArray reverse(HostArray array, int... axes) {
        int[] steps = steps(array.shape());
        return gather(array, array.shape(), index -> {
            int source = index;
            for (int axis : axes) {
                int size = (int) array.shape().extent(axis);
                int at = index / steps[axis] % size;
                source += (size - 1 - 2 * at) * steps[axis];
            }
            return source;
        });
    }

    /** Arrays of one shape, one after another along an axis. */
    static HostArray concat(List<HostArray> parts, int axis) {
        HostArray first = parts.get(0);
        if (parts.size() == 1) {
            return first;
        }
        Shape shape = first.shape().with(axis, first.shape().extent(axis) * parts.size());
        int block = steps(first.shape())[axis] * (int) first.shape().extent(axis);
        return HostArray.generate(new TensorType(first.dtype(), shape), index -> {
            int outer = index / (block * parts.size());
            int part = index / block % parts.size();
            return parts.get(part).doubleAt(outer * block + index % block);
        });
    }

    /** Undoes {@link #concat}; the axis' size is a multiple of the count. */
    static List<HostArray> split(HostArray array, int axis, int count) {
        Shape shape = array.shape().with(axis, array.shape().extent(axis) / count);
        int block = steps(shape)[axis] * (int) shape.extent(axis);
        List<HostArray> parts = new ArrayList<>();
        for (int part = 0; part < count; part++) {
            int offset = part;
            parts.add(
                    count == 1
                            ? array
                            : gather(array, shape, index -> (index / block * count + offset) * block + index % block));
        }
        return parts;
    }

    static HostArray add(HostArray one, HostArray other) {
        return HostArray.generate(one.type(), index -> one.doubleAt(index) + other.doubleAt(index));
    }
}
