package org.lamina.layers;

import java.util.List;
import java.util.stream.LongStream;
import org.lamina.Arguments;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * The axes in another order: axis i of the output is axis {@code axes[i]} of the input, the batch counted. {@code (0, 2, 3, 1)} makes
 * (batch, height, width, channels) of (batch, channels, height, width), and {@code (0, 2, 1)} swaps the channels and the time of
 * sequences. In code {@link Tensor#transpose} is the same.
 *
 * @param axes each axis of the input once, counted from 0
 */
public record Permute(List<Long> axes) implements Layer {
    /** Copies and checks. @throws LaminaException if an axis is missing or named twice */
    public Permute {
        axes = List.copyOf(Arguments.requireAll(axes, "Permute", "axes"));
        if (!axes.stream()
                .sorted()
                .toList()
                .equals(LongStream.range(0, axes.size()).boxed().toList())) {
            throw new LaminaException(
                    ErrorCode.CONFIGURATION,
                    "Permute: axes is " + axes + "; it must name each axis from 0 to " + (axes.size() - 1)
                            + " once. Give an order such as [0, 2, 1].");
        }
    }

    /** Axes in an order. */
    public static Permute of(long... axes) {
        Arguments.require(axes, "Permute.of", "axes");
        return new Permute(LongStream.of(axes).boxed().toList());
    }

    @Override
    public Tensor forward(Scope scope, Tensor x) {
        if (x.shape().rank() != axes.size()) {
            throw scope.error(
                    ErrorCode.SHAPE,
                    "x is " + x.shape() + " and axes is " + axes + ", which orders " + axes.size()
                            + " axes. Give an input of as many.");
        }
        return x.transpose(axes.stream().mapToInt(Math::toIntExact).toArray());
    }
}
