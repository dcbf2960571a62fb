package org.lamina.tf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.Shape;
import org.lamina.graph.Binary;
import org.lamina.graph.Broadcast;
import org.lamina.graph.Comparison;
import org.lamina.graph.Graph;
import org.lamina.graph.Logical;
import org.lamina.graph.NativeCall;
import org.lamina.graph.Node;
import org.lamina.graph.Op;
import org.lamina.graph.Reduction;
import org.lamina.graph.Select;
import org.lamina.graph.Unary;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;

/**
 * Pictures with their channels last, as TensorFlow's convolutions take and give them, beside the same ones with channels second,
 * as Lamina means them. What lies between two convolutions is computed in this form, so that pictures are not reordered before and
 * after each; a session computes only those of both that something needs.
 */
final class TfChannelsLast {
    /** (batch, height, width, channels) of (batch, channels, height, width). */
    static final int[] LAST = {0, 2, 3, 1};

    private static final int[] SECOND = {0, 3, 1, 2};
    private static final int RANK = 4;

    private final Ops tf;
    private final TfDetours detours;
    private final TfLowering lowering;
    private final Map<Node, Operand<?>> last = new HashMap<>();
    private final Map<Node, Integer> uses = new HashMap<>();
    private final Map<Node, Convolved> convolved = new HashMap<>();

    /** What a convolution is computed from, with its bias once that is added. */
    private record Convolved(
            TfConvolution convolution,
            Operand<?> x,
            Operand<?> weight,
            @Nullable Operand<?> bias) {
        Convolved plus(Operand<?> added) {
            return new Convolved(convolution, x, weight, added);
        }

        Operand<?> fused(String... ops) {
            return convolution.fused(x, weight, Objects.requireNonNull(bias), ops);
        }
    }

    /** @param source the graph whose nodes are lowered */
    TfChannelsLast(TfDetours detours, TfLowering lowering, Graph source) {
        this.tf = detours.tf();
        this.detours = detours;
        this.lowering = lowering;
        source.outputs().forEach(output -> uses.merge(output, 1, Integer::sum));
        source.nodes().forEach(node -> node.operands().forEach(operand -> uses.merge(operand, 1, Integer::sum)));
    }

    /** What a node is computed by, or null if its operands are no pictures of this form. */
    @Nullable
    Operand<?> lower(Node node, List<Operand<?>> operands) {
        if (node.op() instanceof NativeCall call
                && call.function() instanceof TfKernels.Kernel kernel
                && !kernel.pictures().isEmpty()) {
            return kernel(node, kernel, operands);
        }
        if (node.op() instanceof Broadcast && node.type().shape().rank() == RANK && isSmall(node.operand(0))) {
            return broadcast(node, operands.get(0));
        }
        if (node.operands().stream().noneMatch(last::containsKey)) {
            return null;
        }
        if (node.op() instanceof Reduction reduction) {
            return reduce(node, reduction);
        }
        return isElementwise(node.op()) && node.type().shape().rank() == RANK ? elementwise(node, operands) : null;
    }

    private static boolean isElementwise(Op op) {
        return op instanceof Unary
                || op instanceof Binary
                || op instanceof Comparison
                || op instanceof Logical
                || op instanceof Select
                || isRelu(op);
    }

    private static boolean isRelu(Op op) {
        return op instanceof NativeCall call && call.function().equals(TfKernels.RELU);
    }

    private Operand<?> kernel(Node node, TfKernels.Kernel kernel, List<Operand<?>> operands) {
        List<Operand<?>> given = new ArrayList<>();
        for (int i = 0; i < operands.size(); i++) {
            given.add(kernel.pictures().contains(i) ? channelsLast(node.operand(i), operands.get(i)) : operands.get(i));
        }
        Operand<?> value = kernel.compute(detours, node.type(), given);
        if (kernel.convolution() != null) {
            convolved.put(
                    node, new Convolved(new TfConvolution(tf, kernel.convolution()), given.get(0), given.get(1), null));
        }
        return kernel.isPicture() ? keep(node, value) : value;
    }

    private Operand<?> elementwise(Node node, List<Operand<?>> operands) {
        Operand<?> fused = node.op() == Binary.ADD ? biased(node, operands) : rectified(node);
        if (fused != null) {
            return keep(node, fused);
        }
        List<Operand<?>> given = new ArrayList<>();
        for (int i = 0; i < operands.size(); i++) {
            given.add(channelsLast(node.operand(i), operands.get(i)));
        }
        return keep(
                node,
                node.op()
                        .lower(
                                lowering,
                                node.type()
                                        .with(TfKernels.channelsLast(node.type().shape())),
                                given));
    }

    /** A convolution that nothing else needs and its bias. */
    private @Nullable Operand<?> biased(Node node, List<Operand<?>> operands) {
        Convolved convolution = alone(node.operand(0));
        Shape shape = node.operand(1).type().shape();
        long filters = node.type().shape().extent(1);
        if (shape.isOpen()
                || convolution == null
                || convolution.bias() != null
                || shape.size() != filters
                || shape.rank() < RANK - 1
                || shape.extent(shape.rank() - RANK + 1) != filters) {
            return null;
        }
        Convolved sum = convolution.plus(lowering.reshape(operands.get(1), Shape.of(filters)));
        convolved.put(node, sum);
        return sum.fused("BiasAdd");
    }

    /** The part of the sum that is above 0. */
    private @Nullable Operand<?> rectified(Node node) {
        Convolved sum = isRelu(node.op()) ? alone(node.operand(0)) : null;
        return sum == null || sum.bias() == null ? null : detours.rectifier().rectified(sum.fused("BiasAdd", "Relu"));
    }

    private @Nullable Convolved alone(Node node) {
        return node.type().dtype() == DType.FLOAT32 && Objects.equals(uses.get(node), 1) ? convolved.get(node) : null;
    }

    /** The sizes stay in order, but for the channels, which must be gone or alone. */
    private @Nullable Operand<?> reduce(Node node, Reduction reduction) {
        boolean spatial = reduction.axes().contains(2) && reduction.axes().contains(3);
        if (!reduction.keepDims() && !spatial && !reduction.axes().contains(1)) {
            return null;
        }
        List<Integer> axes = reduction.axes().stream()
                .map(axis -> IntStream.range(0, RANK)
                        .filter(i -> LAST[i] == axis)
                        .findFirst()
                        .orElseThrow())
                .sorted()
                .toList();
        Operand<?> value = new Reduction(reduction.reducer(), axes, reduction.keepDims())
                .lower(lowering, node.type(), List.of(Objects.requireNonNull(last.get(node.operand(0)))));
        return reduction.keepDims() ? keep(node, value) : value;
    }

    private Operand<?> broadcast(Node node, Operand<?> operand) {
        return keep(
                node,
                lowering.broadcast(
                        channelsLast(node.operand(0), operand),
                        TfKernels.channelsLast(node.type().shape())));
    }

    /** True if there is one number for each channel. */
    private static boolean isSmall(Node node) {
        Shape shape = node.type().shape();
        return shape.rank() == RANK && shape.extent(2) == 1 && shape.extent(3) == 1;
    }

    private Operand<?> channelsLast(Node node, Operand<?> value) {
        Shape shape = node.type().shape();
        if (shape.rank() == 0) {
            return value;
        }
        return last.computeIfAbsent(node, n -> reordered(aligned(shape), shape.rank() == RANK, value));
    }

    private Operand<?> reordered(Shape shape, boolean isWhole, Operand<?> value) {
        boolean keepsOrder = shape.extent(1) == 1 || (shape.extent(2) == 1 && shape.extent(3) == 1);
        if (keepsOrder) {
            return lowering.reshape(value, TfKernels.channelsLast(shape));
        }
        return tf.linalg.transpose(
                TfLowering.typed(isWhole ? value : lowering.reshape(value, shape)), tf.constant(LAST));
    }

    private static Shape aligned(Shape shape) {
        long[] sizes = new long[RANK];
        Arrays.fill(sizes, 1);
        System.arraycopy(shape.toArray(), 0, sizes, RANK - shape.rank(), shape.rank());
        return Shape.of(sizes);
    }

    private Operand<?> keep(Node node, Operand<?> value) {
        last.put(node, value);
        return tf.linalg.transpose(TfLowering.typed(value), tf.constant(SECOND));
    }
}
