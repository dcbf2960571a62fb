package org.lamina.layers;

import java.util.List;
import org.lamina.Arguments;
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * The greatest element of each window of (batch, channels, height, width), NaN if any is; padding is never the greatest. Equal
 * elements share the derivative evenly. Sizes as in {@link Conv2d}.
 *
 * @param kernel height and width
 * @param stride vertical and horizontal, the kernel by default
 * @param padding ((top, bottom), (left, right)), below the kernel, 0 by default
 */
public record MaxPool2d(List<Long> kernel, List<Long> stride, List<List<Long>> padding) implements Layer {
    /** Copies and checks. */
    public MaxPool2d {
        Arguments.requireAll(kernel, "MaxPool2d", "kernel");
        Arguments.requireAll(stride, "MaxPool2d", "stride");
        Arguments.requireAll(padding, "MaxPool2d", "padding");
        kernel = List.copyOf(kernel);
        stride = List.copyOf(stride);
        padding = padding.stream().map(List::copyOf).toList();
        Windows.of("MaxPool2d", 2, kernel, stride, padding, Windows.same(2, 1L)).requireElements("MaxPool2d");
    }

    /** With windows side by side. */
    public MaxPool2d(List<Long> kernel) {
        this(kernel, kernel);
    }

    /** With no padding. */
    public MaxPool2d(List<Long> kernel, List<Long> stride) {
        this(kernel, stride, Windows.none(2));
    }

    @Override
    public Tensor forward(Scope scope, Tensor x) {
        Windows.channels(scope, x, 2);
        Windows windows = new Windows(kernel, stride, padding, Windows.same(2, 1L));
        Tensor greatest = windows.slide(scope, x, 2, Double.NEGATIVE_INFINITY).max(-1);
        return greatest.reshape(windows.outputShape(scope, x));
    }
}
