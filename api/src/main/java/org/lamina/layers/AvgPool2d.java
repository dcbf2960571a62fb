package org.lamina.layers;

import java.util.List;
import org.lamina.Arguments;
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * The mean of each window of (batch, channels, height, width). Sizes as in {@link Conv2d}.
 *
 * @param kernel height and width
 * @param stride vertical and horizontal, the kernel by default
 * @param padding ((top, bottom), (left, right)), below the kernel, 0 by default
 * @param countIncludePad true if padding counts as zeros, so that each sum is divided by the kernel's size; false, the default,
 *     if it is divided by the number of elements that are not padding
 */
public record AvgPool2d(List<Long> kernel, List<Long> stride, List<List<Long>> padding, boolean countIncludePad)
        implements Layer {
    /** Copies and checks. */
    public AvgPool2d {
        Arguments.requireAll(kernel, "AvgPool2d", "kernel");
        Arguments.requireAll(stride, "AvgPool2d", "stride");
        Arguments.requireAll(padding, "AvgPool2d", "padding");
        kernel = List.copyOf(kernel);
        stride = List.copyOf(stride);
        padding = padding.stream().map(List::copyOf).toList();
        Windows.of("AvgPool2d", 2, kernel, stride, padding, Windows.same(2, 1L)).requireElements("AvgPool2d");
    }

    /** With windows side by side. */
    public AvgPool2d(List<Long> kernel) {
        this(kernel, kernel);
    }

    /** With no padding. */
    public AvgPool2d(List<Long> kernel, List<Long> stride) {
        this(kernel, stride, Windows.none(2));
    }

    /** With padding that does not count. */
    public AvgPool2d(List<Long> kernel, List<Long> stride, List<List<Long>> padding) {
        this(kernel, stride, padding, false);
    }

    @Override
    public Tensor forward(Scope scope, Tensor x) {
        Windows.channels(scope, x, 2);
        Windows windows = new Windows(kernel, stride, padding, Windows.same(2, 1L));
        Tensor sum = windows.slide(scope, x, 2, 0).sum(-1).reshape(windows.outputShape(scope, x));
        return countIncludePad || padding.equals(Windows.none(2))
                ? sum.div((double) kernel.get(0) * kernel.get(1))
                : sum.div(scope.constant(windows.inside(x.shape().slice(2, 4), windows.counts(scope, x, 2))));
    }
}
