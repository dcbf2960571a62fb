package org.lamina.layers;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * Windows that slide over the spatial axes of (batch, channels, spatial axes), what convolutions and pools have in common.
 *
 * @param kernel for each spatial axis how many elements a window has
 * @param stride how far it is from one window to the next
 * @param padding how many elements are put before and after
 * @param dilation how far it is from one element of a window to the next
 */
record Windows(List<Long> kernel, List<Long> stride, List<List<Long>> padding, List<Long> dilation) {
    /** Checks the configuration of a layer with a number of spatial axes. */
    static Windows of(
            String layer,
            int rank,
            List<Long> kernel,
            List<Long> stride,
            List<List<Long>> padding,
            List<Long> dilation) {
        WindowFields.requirePositive(layer, "kernel", rank, kernel);
        WindowFields.requirePositive(layer, "stride", rank, stride);
        WindowFields.requirePositive(layer, "dilation", rank, dilation);
        WindowFields.requirePairs(layer, "padding", rank, padding);
        return new Windows(kernel, stride, padding, dilation);
    }

    /** As many times the same value as there are spatial axes. */
    static <T> List<T> same(int rank, T value) {
        return IntStream.range(0, rank).mapToObj(i -> value).toList();
    }

    /** No padding. */
    static List<List<Long>> none(int rank) {
        return same(rank, List.of(0L, 0L));
    }

    /** Checks that no window of a pool lies in the padding alone. */
    void requireElements(String layer) {
        for (int axis = 0; axis < kernel.size(); axis++) {
            if (Math.max(padding.get(axis).get(0), padding.get(axis).get(1)) >= kernel.get(axis)) {
                throw WindowFields.refused(
                        layer,
                        "padding",
                        padding,
                        "below the kernel " + kernel + ", so that no window is padding only");
            }
        }
    }

    /** Checks that an input has a batch, channels and the spatial axes, and gives the number of channels. */
    static long channels(Scope scope, Tensor x, int rank) {
        if (x.shape().rank() != rank + 2) {
            throw scope.error(
                    ErrorCode.SHAPE,
                    "x is " + x.shape() + " and must have " + (rank + 2) + " axes: the batch, the channels, and "
                            + (rank == 1 ? "one" : "height and width") + ". Reshape it first.");
        }
        return x.shape().dim(1);
    }

    /** How many windows there are along each spatial axis of x, the first of which is given. */
    List<Long> counts(Scope scope, Tensor x, int first) {
        List<Long> counts = new ArrayList<>();
        for (int axis = 0; axis < kernel.size(); axis++) {
            long size = x.shape().dim(first + axis)
                    + padding.get(axis).get(0)
                    + padding.get(axis).get(1);
            long span = dilation.get(axis) * (kernel.get(axis) - 1) + 1;
            if (size < span) {
                throw scope.error(
                        ErrorCode.SHAPE,
                        "axis " + (first + axis) + " of x " + x.shape() + " has " + size
                                + " elements with its padding, and a window spans " + span
                                + ". Give a larger input or padding.");
            }
            counts.add((size - span) / stride.get(axis) + 1);
        }
        return List.copyOf(counts);
    }

    /**
     * The windows of x: its spatial axes become two, the windows and the elements of each, both in C order. One gather from all
     * places, so that every framework has two calls to make and not two for each element.
     *
     * @param first the first spatial axis of x
     * @param value what the padding holds
     */
    Tensor slide(Scope scope, Tensor x, int first, double value) {
        List<Long> counts = counts(scope, x, first);
        Tensor padded = x;
        for (int axis = 0; axis < kernel.size(); axis++) {
            List<Long> widths = padding.get(axis);
            if (widths.get(0) + widths.get(1) > 0) {
                padded = padded.pad(first + axis, widths.get(0), widths.get(1), value);
            }
        }
        int end = first + kernel.size();
        Shape sizes = padded.shape().slice(first, end);
        Shape shape = x.shape()
                .slice(0, first)
                .concat(Shape.of(sizes.size()))
                .concat(x.shape().slice(end, x.shape().rank()));
        return padded.reshape(shape).gather(first, scope.constant(places(sizes, counts)));
    }

    /** The batch and channels of x, then the number of windows along each spatial axis. */
    Shape outputShape(Scope scope, Tensor x) {
        return x.shape().slice(0, 2).concat(Convolution.shape(counts(scope, x, 2)));
    }

    /** Where each element of each window is, counted in C order: (windows, elements). */
    private HostArray places(Shape sizes, List<Long> counts) {
        long elements = Convolution.shape(kernel).size();
        Shape shape = Shape.of(Convolution.shape(counts).size(), elements);
        return HostArray.generate(
                new TensorType(DType.INT64, shape), i -> place(sizes, counts, i / elements, i % elements));
    }

    private long place(Shape sizes, List<Long> counts, long window, long element) {
        long windows = window;
        long elements = element;
        long place = 0;
        long step = 1;
        for (int axis = kernel.size() - 1; axis >= 0; axis--) {
            long start = windows % counts.get(axis) * stride.get(axis);
            place += step * (start + elements % kernel.get(axis) * dilation.get(axis));
            windows /= counts.get(axis);
            elements /= kernel.get(axis);
            step *= sizes.extent(axis);
        }
        return place;
    }

    /** For each window how many of its elements are not padding, of an input of these spatial sizes. */
    HostArray inside(Shape sizes, List<Long> counts) {
        Shape shape = Shape.of(counts.stream().mapToLong(count -> count).toArray());
        return HostArray.generate(new TensorType(DType.FLOAT64, shape), index -> {
            long rest = index;
            long product = 1;
            for (int axis = shape.rank() - 1; axis >= 0; axis--) {
                product *= inside(axis, rest % shape.extent(axis), sizes.extent(axis));
                rest /= shape.extent(axis);
            }
            return product;
        });
    }

    private long inside(int axis, long window, long size) {
        long start = window * stride.get(axis) - padding.get(axis).get(0);
        return IntStream.range(0, Math.toIntExact(kernel.get(axis)))
                .mapToLong(i -> start + i * dilation.get(axis))
                .filter(position -> position >= 0 && position < size)
                .count();
    }
}
