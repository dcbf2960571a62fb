package org.lamina.conformance.oracle;

import org.lamina.Shape;

/** Where the elements of a view lie in C order memory: sizes, strides and the position of its first element. */
final class Layout {
    private final long[] sizes;
    private final long[] strides;
    private final long offset;

    private Layout(long[] sizes, long[] strides, long offset) {
        this.sizes = sizes;
        this.strides = strides;
        this.offset = offset;
    }

    /** The layout of a whole tensor. */
    static Layout of(Shape shape) {
        long[] strides = new long[shape.rank()];
        long stride = 1;
        for (int axis = shape.rank() - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= shape.extent(axis);
        }
        return new Layout(shape.toArray(), strides, 0);
    }

    /** The layout of a tensor as if repeated to a shape: stride 0 where it is repeated. */
    static Layout broadcast(Shape from, Shape to) {
        Layout whole = of(from);
        long[] strides = new long[to.rank()];
        int missing = to.rank() - from.rank();
        for (int axis = missing; axis < to.rank(); axis++) {
            strides[axis] = from.extent(axis - missing) == 1 ? 0 : whole.strides[axis - missing];
        }
        return new Layout(to.toArray(), strides, 0);
    }

    /** Some axes of this layout, in the order given. */
    Layout axes(int... axes) {
        long[] chosenSizes = new long[axes.length];
        long[] chosenStrides = new long[axes.length];
        for (int i = 0; i < axes.length; i++) {
            chosenSizes[i] = sizes[axes[i]];
            chosenStrides[i] = strides[axes[i]];
        }
        return new Layout(chosenSizes, chosenStrides, offset);
    }

    /** This layout with elements start, start + step, ... of one axis. */
    Layout slice(int axis, long start, long length, long step) {
        long[] slicedSizes = sizes.clone();
        long[] slicedStrides = strides.clone();
        slicedSizes[axis] = length;
        slicedStrides[axis] = strides[axis] * step;
        return new Layout(slicedSizes, slicedStrides, offset + start * strides[axis]);
    }

    Shape shape() {
        return Shape.of(sizes);
    }

    /** The flat position of each element, in C order of this layout. */
    int[] positions() {
        int[] positions = new int[Math.toIntExact(shape().size())];
        long[] index = new long[sizes.length];
        long position = offset;
        for (int i = 0; i < positions.length; i++) {
            positions[i] = Math.toIntExact(position);
            for (int axis = sizes.length - 1; axis >= 0; axis--) {
                position += strides[axis];
                if (++index[axis] < sizes[axis]) {
                    break;
                }
                position -= strides[axis] * sizes[axis];
                index[axis] = 0;
            }
        }
        return positions;
    }
}
