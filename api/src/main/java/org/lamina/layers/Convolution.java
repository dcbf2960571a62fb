package org.lamina.layers;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.graph.Composite;
import org.lamina.layer.Initializer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * Cross-correlation of (batch, channels, spatial axes) with a kernel, in groups. The elements of each window become a row, and
 * one matrix product with the kernel does the rest, which every framework does fast.
 */
final class Convolution {
    private Convolution() {}

    static void requireGroups(String layer, long filters, long groups) {
        Configuration.requirePositive(layer, "filters", filters);
        Configuration.requirePositive(layer, "groups", groups);
        if (filters % groups != 0) {
            throw new LaminaException(
                    ErrorCode.CONFIGURATION,
                    layer + ": filters is " + filters + " and groups is " + groups
                            + ", which does not divide it. Give a multiple.");
        }
    }

    static void requireGroups(Scope scope, Tensor x, long groups) {
        if (x.shape().dim(1) % groups != 0) {
            throw scope.error(
                    ErrorCode.SHAPE,
                    "x is " + x.shape() + " and groups is " + groups + ", which does not divide its "
                            + x.shape().dim(1) + " channels. Give a multiple.");
        }
    }

    /** Declares weight (filters, channels / groups, kernel) and bias (filters), and convolves. */
    static Tensor forward(Scope scope, Tensor x, Windows windows, long filters, long groups) {
        long channels = Windows.channels(scope, x, windows.kernel().size());
        requireGroups(scope, x, groups);
        Shape kernel = shape(windows.kernel());
        Shape shape = Shape.of(filters, channels / groups).concat(kernel);
        Tensor weight = scope.parameter("weight", shape, Initializer.glorotUniform());
        return addBias(scope, convolve(scope, x, weight, windows, groups), filters);
    }

    static Tensor addBias(Scope scope, Tensor y, long filters) {
        Tensor bias = scope.parameter("bias", Shape.of(filters), Initializer.zeros());
        long[] sizes = new long[y.shape().rank() - 1];
        Arrays.fill(sizes, 1);
        sizes[0] = filters;
        return y.add(bias.reshape(sizes));
    }

    static Shape shape(List<Long> sizes) {
        return Shape.of(sizes.stream().mapToLong(size -> size).toArray());
    }

    /** The convolution with a weight (filters, channels / groups, kernel), by a kernel of the framework's where it has one. */
    static Tensor convolve(Scope scope, Tensor x, Tensor weight, Windows windows, long groups) {
        Composite function = new org.lamina.graph.Convolution(
                        windows.stride(), windows.padding(), windows.dilation(), groups)
                .composite();
        // What is computed must be a function of these very arguments, so no op may be joined with one before them.
        Composite argument = new Composite("argument", null);
        Tensor input = scope.call(argument, x);
        Tensor kernel = scope.call(argument, weight);
        return scope.call(function, multiply(scope, input, kernel, windows, groups), input, kernel);
    }

    private static Tensor multiply(Scope scope, Tensor x, Tensor weight, Windows windows, long groups) {
        int rank = x.shape().rank();
        long channels = x.shape().dim(1);
        long filters = weight.shape().dim(0);
        long size = weight.shape().slice(2, rank).size();
        Shape counts = shape(windows.counts(scope, x, 2));
        Shape batch = x.shape().slice(0, 1);
        // Channels last, so that what a window has of them lies side by side: (batch, places, size, channels).
        Tensor rows = windows.slide(scope, x.transpose(order(rank, 2, 1)), 1, 0);
        Tensor columns = weight.reshape(groups, filters / groups, channels / groups, size)
                .transpose(0, 3, 2, 1)
                .reshape(groups, size * channels / groups, filters / groups);
        Tensor product;
        if (groups == 1) {
            product = rows.reshape(batch.concat(Shape.of(counts.size(), size * channels)))
                    .matmul(columns.squeeze(0))
                    .swapAxes(1, 2);
        } else {
            product = rows.reshape(batch.concat(Shape.of(counts.size(), size, groups, channels / groups)))
                    .transpose(0, 3, 1, 2, 4)
                    .reshape(batch.concat(Shape.of(groups, counts.size(), size * channels / groups)))
                    .matmul(columns)
                    .swapAxes(2, 3);
        }
        return product.reshape(batch.concat(Shape.of(filters)).concat(counts));
    }

    /** The batch, the axes from one on, then one axis. */
    private static int[] order(int rank, int from, int last) {
        return IntStream.concat(IntStream.concat(IntStream.of(0), IntStream.range(from, rank)), IntStream.of(last))
                .toArray();
    }
}
