package org.lamina.layers;

import java.util.ArrayList;
import java.util.List;
import org.lamina.Arguments;
import org.lamina.ErrorCode;
import org.lamina.Shape;
import org.lamina.layer.Initializer;
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * The transpose of a {@link Conv2d} without padding, of (batch, channels, height, width) to (batch, filters, height', width'):
 * each element of x adds weight times itself to a window of the output, of which a crop then cuts the borders.
 *
 * <p>{@code weight} is (channels, filters / groups, kernel height, kernel width), drawn by Glorot's uniform initializer; {@code
 * bias} is (filters) and starts at 0. Height' is (height - 1) stride + dilation (kernel - 1) + 1 - top - bottom. PyTorch's padding
 * p and output padding q are the crop (p, p - q).
 *
 * @param filters the output's channels
 * @param kernel height and width
 * @param stride vertical and horizontal, 1 by default
 * @param crop ((top, bottom), (left, right)), 0 by default
 * @param dilation vertical and horizontal, 1 by default
 * @param groups divides the channels and the filters, 1 by default
 */
public record ConvTranspose2d(
        long filters, List<Long> kernel, List<Long> stride, List<List<Long>> crop, List<Long> dilation, long groups)
        implements Layer {
    /** Copies and checks. */
    public ConvTranspose2d {
        Arguments.requireAll(kernel, "ConvTranspose2d", "kernel");
        Arguments.requireAll(stride, "ConvTranspose2d", "stride");
        Arguments.requireAll(crop, "ConvTranspose2d", "crop");
        Arguments.requireAll(dilation, "ConvTranspose2d", "dilation");
        kernel = List.copyOf(kernel);
        stride = List.copyOf(stride);
        crop = crop.stream().map(List::copyOf).toList();
        dilation = List.copyOf(dilation);
        Convolution.requireGroups("ConvTranspose2d", filters, groups);
        Windows.of("ConvTranspose2d", 2, kernel, stride, Windows.none(2), dilation);
        WindowFields.requirePairs("ConvTranspose2d", "crop", 2, crop);
    }

    /** With stride 1, no crop, no dilation, one group. */
    public ConvTranspose2d(long filters, List<Long> kernel) {
        this(filters, kernel, Windows.same(2, 1L));
    }

    /** With no crop, no dilation, one group. */
    public ConvTranspose2d(long filters, List<Long> kernel, List<Long> stride) {
        this(filters, kernel, stride, Windows.none(2));
    }

    /** With no dilation, one group. */
    public ConvTranspose2d(long filters, List<Long> kernel, List<Long> stride, List<List<Long>> crop) {
        this(filters, kernel, stride, crop, Windows.same(2, 1L), 1);
    }

    @Override
    public Tensor forward(Scope scope, Tensor x) {
        long channels = Windows.channels(scope, x, 2);
        Convolution.requireGroups(scope, x, groups);
        Shape shape = Shape.of(channels, filters / groups).concat(Convolution.shape(kernel));
        Tensor weight = scope.parameter("weight", shape, Initializer.glorotUniform());
        // A convolution, with the kernel turned round, of the input with zeros between its elements and around them.
        Tensor turned = weight.reverse(2)
                .reverse(3)
                .reshape(groups, channels / groups, filters / groups, kernel.get(0) * kernel.get(1))
                .swapAxes(1, 2)
                .reshape(Shape.of(filters, channels / groups).concat(Convolution.shape(kernel)));
        Windows windows = new Windows(kernel, Windows.same(2, 1L), full(), dilation);
        Tensor whole = Convolution.convolve(scope, spread(spread(x, 2), 3), turned, windows, groups);
        return Convolution.addBias(scope, cropped(scope, cropped(scope, whole, 2), 3), filters);
    }

    /** So much padding that every element is in as many windows as the kernel has elements. */
    private List<List<Long>> full() {
        List<List<Long>> padding = new ArrayList<>();
        for (int axis = 0; axis < 2; axis++) {
            long reach = dilation.get(axis) * (kernel.get(axis) - 1);
            padding.add(List.of(reach, reach));
        }
        return padding;
    }

    private Tensor spread(Tensor x, int axis) {
        long step = stride.get(axis - 2);
        long size = x.shape().dim(axis);
        if (step == 1 || size == 0) {
            return x;
        }
        return x.expandDims(axis + 1)
                .pad(axis + 1, 0, step - 1, 0)
                .reshape(x.shape().with(axis, size * step))
                .slice(axis, 0, (size - 1) * step + 1);
    }

    private Tensor cropped(Scope scope, Tensor y, int axis) {
        long before = crop.get(axis - 2).get(0);
        long after = crop.get(axis - 2).get(1);
        long size = y.shape().dim(axis);
        if (before + after >= size) {
            throw scope.error(
                    ErrorCode.SHAPE,
                    "the crop " + crop.get(axis - 2) + " leaves nothing of axis " + axis + " of " + y.shape()
                            + ". Give a smaller crop or a larger input.");
        }
        return before + after == 0 ? y : y.slice(axis, before, size - after);
    }
}
