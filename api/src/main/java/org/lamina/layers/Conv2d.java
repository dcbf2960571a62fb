package org.lamina.layers;

import java.util.List;
import org.lamina.Arguments;
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * Two-dimensional convolution, as deep learning calls cross-correlation (the kernel is not flipped), of (batch, channels, height,
 * width) to (batch, filters, height', width'):
 *
 * <p>y[n, f, i, j] = bias[f] + sum over c, k and l of weight[f, c, k, l] x[n, c', i s + k d, j s + l d], where x is padded with
 * zeros, s is the stride, d the dilation, and c' is channel c of the group that filter f belongs to. {@code weight} is (filters,
 * channels / groups, kernel height, kernel width), drawn by Glorot's uniform initializer; {@code bias} is (filters) and starts at
 * 0. Height' is floor((height + top + bottom - d (kernel - 1) - 1) / s) + 1.
 *
 * @param filters the output's channels
 * @param kernel height and width
 * @param stride vertical and horizontal, 1 by default
 * @param padding ((top, bottom), (left, right)), 0 by default
 * @param dilation vertical and horizontal, 1 by default
 * @param groups divides the channels and the filters, 1 by default
 */
public record Conv2d(
        long filters, List<Long> kernel, List<Long> stride, List<List<Long>> padding, List<Long> dilation, long groups)
        implements Layer {
    /** Copies and checks. */
    public Conv2d {
        Arguments.requireAll(kernel, "Conv2d", "kernel");
        Arguments.requireAll(stride, "Conv2d", "stride");
        Arguments.requireAll(padding, "Conv2d", "padding");
        Arguments.requireAll(dilation, "Conv2d", "dilation");
        kernel = List.copyOf(kernel);
        stride = List.copyOf(stride);
        padding = padding.stream().map(List::copyOf).toList();
        dilation = List.copyOf(dilation);
        Convolution.requireGroups("Conv2d", filters, groups);
        Windows.of("Conv2d", 2, kernel, stride, padding, dilation);
    }

    /** With stride 1, no padding, no dilation, one group. */
    public Conv2d(long filters, List<Long> kernel) {
        this(filters, kernel, Windows.same(2, 1L));
    }

    /** With no padding, no dilation, one group. */
    public Conv2d(long filters, List<Long> kernel, List<Long> stride) {
        this(filters, kernel, stride, Windows.none(2));
    }

    /** With no dilation, one group. */
    public Conv2d(long filters, List<Long> kernel, List<Long> stride, List<List<Long>> padding) {
        this(filters, kernel, stride, padding, Windows.same(2, 1L), 1);
    }

    @Override
    public Tensor forward(Scope scope, Tensor x) {
        Windows windows = new Windows(kernel, stride, padding, dilation);
        return Convolution.forward(scope, x, windows, filters, groups);
    }
}
