package org.lamina.tf;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.Accumulation;
import org.lamina.graph.Convolution;
import org.lamina.graph.Kernels;
import org.lamina.graph.NativeFunction;
import org.tensorflow.Operand;

/** The kernels of TensorFlow that give what the ops give, special values too. */
record TfKernels() implements Kernels {
    private static final Accumulation SINGLE =
            new Accumulation(65_536, 256, 256, 256, 256, new Accumulation.Products(1024, 8192, 65_536, false));
    private static final Accumulation DOUBLE =
            new Accumulation(65_536, 256, 256, 256, 256, new Accumulation.Products(512, 8192, 32_768, false));

    /** Adds the ops that compute a result of a type. */
    interface Computation {
        Operand<?> compute(TfDetours detours, TensorType type, List<Operand<?>> operands);
    }

    /**
     * A kernel as a function.
     *
     * @param convolution what it convolves by, if it gives a convolution's result
     * @param pictures the operands that it takes with their channels last
     * @param isPicture true if it gives its result so
     */
    record Kernel(
            String name,
            @Nullable Convolution convolution,
            List<Integer> pictures,
            boolean isPicture,
            Computation computation)
            implements org.lamina.graph.Kernel {
        @Override
        public List<String> backends() {
            return List.of(TfProvider.NAME);
        }

        Operand<?> compute(TfDetours detours, TensorType type, List<Operand<?>> operands) {
            return computation.compute(detours, type, operands);
        }
    }

    static final Kernel RELU =
            kernel("relu", (detours, type, x) -> detours.rectifier().relu(x.get(0)));

    private static Kernel kernel(String name, Computation computation) {
        return new Kernel(name, null, List.of(), false, computation);
    }

    /** Eigen's sums run in a tree along the last axes alone; its products of a vector add in a few lanes. */
    @Override
    public Accumulation accumulation(DType dtype) {
        return dtype == DType.FLOAT32 ? SINGLE : DOUBLE;
    }

    @Override
    public NativeFunction relu(DType dtype) {
        return RELU;
    }

    @Override
    public @Nullable NativeFunction linear(DType dtype) {
        return dtype != DType.FLOAT32
                ? null
                : kernel(
                        "linear", (detours, type, x) -> detours.products().linear(x.get(0), x.get(1), x.get(2), false));
    }

    @Override
    public @Nullable NativeFunction linearRelu(DType dtype) {
        return dtype != DType.FLOAT32
                ? null
                : kernel("linear_relu", (detours, type, x) -> detours.products()
                        .linear(x.get(0), x.get(1), x.get(2), true));
    }

    @Override
    public @Nullable NativeFunction convolution(DType dtype, Convolution convolution) {
        return !isPlain(convolution)
                ? null
                : new Kernel("convolution", convolution, List.of(0), true, (detours, type, x) -> new TfConvolution(
                                detours.tf(), convolution)
                        .of(x.get(0), x.get(1)));
    }

    @Override
    public @Nullable NativeFunction convolutionByInput(DType dtype, Convolution convolution) {
        return !isPlain(convolution) || isDilated(convolution)
                ? null
                : new Kernel("convolution_by_input", null, List.of(1), true, (detours, type, x) -> new TfConvolution(
                                detours.tf(), convolution)
                        .byInput(detours.shape(channelsLast(type.shape())), x.get(0), x.get(1)));
    }

    @Override
    public @Nullable NativeFunction convolutionByWeight(DType dtype, Convolution convolution) {
        return !isPlain(convolution) || isDilated(convolution)
                ? null
                : new Kernel(
                        "convolution_by_weight", null, List.of(0, 1), false, (detours, type, x) -> new TfConvolution(
                                        detours.tf(), convolution)
                                .byWeight(
                                        detours.shape(inputsFirst(type.shape())),
                                        type.shape().closedSize(),
                                        x.get(0),
                                        x.get(1)));
    }

    /** TensorFlow convolves pictures, and has no derivative in groups. */
    private static boolean isPlain(Convolution convolution) {
        return convolution.stride().size() == 2 && convolution.groups() == 1;
    }

    private static boolean isDilated(Convolution convolution) {
        return convolution.dilation().stream().anyMatch(distance -> distance != 1);
    }

    /** (batch, height, width, channels) of (batch, channels, height, width). */
    static Shape channelsLast(Shape shape) {
        return permuted(shape, TfChannelsLast.LAST);
    }

    /** (height, width, channels, filters) of (filters, channels, height, width). */
    private static Shape inputsFirst(Shape shape) {
        return permuted(shape, TfConvolution.WEIGHT);
    }

    private static Shape permuted(Shape shape, int[] order) {
        return Shape.of(Arrays.stream(order).mapToLong(shape::extent).toArray());
    }
}
