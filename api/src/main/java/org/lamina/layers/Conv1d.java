package org.lamina.layers;

import java.util.List;
import org.lamina.Arguments;
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * One-dimensional convolution of (batch, channels, length) to (batch, filters, length'), as {@link Conv2d} with one spatial axis.
 * {@code weight} is (filters, channels / groups, kernel), {@code bias} is (filters).
 *
 * @param filters the output's channels
 * @param kernel the window's length
 * @param stride 1 by default
 * @param padding (before, after), 0 by default
 * @param dilation 1 by default
 * @param groups divides the channels and the filters, 1 by default
 */
public record Conv1d(long filters, long kernel, long stride, List<Long> padding, long dilation, long groups)
        implements Layer {
    /** Copies and checks. */
    public Conv1d {
        Arguments.requireAll(padding, "Conv1d", "padding");
        padding = List.copyOf(padding);
        Convolution.requireGroups("Conv1d", filters, groups);
        Windows.of("Conv1d", 1, List.of(kernel), List.of(stride), List.of(padding), List.of(dilation));
    }

    /** With stride 1, no padding, no dilation, one group. */
    public Conv1d(long filters, long kernel) {
        this(filters, kernel, 1);
    }

    /** With no padding, no dilation, one group. */
    public Conv1d(long filters, long kernel, long stride) {
        this(filters, kernel, stride, List.of(0L, 0L));
    }

    /** With no dilation, one group. */
    public Conv1d(long filters, long kernel, long stride, List<Long> padding) {
        this(filters, kernel, stride, padding, 1, 1);
    }

    @Override
    public Tensor forward(Scope scope, Tensor x) {
        Windows windows = new Windows(List.of(kernel), List.of(stride), List.of(padding), List.of(dilation));
        return Convolution.forward(scope, x, windows, filters, groups);
    }
}
