package org.lamina.tf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.lamina.graph.Convolution;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.Conv2d;
import org.tensorflow.op.nn.Conv2dBackpropFilter;
import org.tensorflow.op.nn.Conv2dBackpropInput;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * A convolution of pictures and its derivatives by TensorFlow's kernels, which take channels last: pictures are given so, weights
 * as Lamina has them.
 */
record TfConvolution(Ops tf, Convolution convolution) {
    /** (height, width, channels, filters) of a weight (filters, channels, height, width). */
    static final int[] WEIGHT = {2, 3, 1, 0};

    private static final int[] WEIGHT_BACK = {3, 2, 0, 1};
    private static final String PADDING = "EXPLICIT";

    /** oneDNN's derivative by the weight, which is in the library where TensorFlow was built with it. */
    private static final String ONEDNN_BY_WEIGHT = "_MklNativeConv2DBackpropFilter";

    private static final boolean HAS_ONEDNN = TfProduct.hasKernel(ONEDNN_BY_WEIGHT);
    /** So many multiplications make up for its longer start. */
    private static final long ONEDNN = 1 << 22;

    Operand<?> of(Operand<?> x, Operand<?> weight) {
        return tf.nn.conv2d(
                TfLowering.<TNumber>typed(x),
                TfLowering.<TNumber>typed(weight(weight)),
                spatial(convolution.stride()),
                PADDING,
                Conv2d.explicitPaddings(paddings()),
                Conv2d.dilations(spatial(convolution.dilation())));
    }

    /**
     * With what is fused with it.
     *
     * @param bias one number for each filter
     * @param fused the names of the ops after the convolution
     */
    Operand<?> fused(Operand<?> x, Operand<?> weight, Operand<?> bias, String... fused) {
        return TfLowering.op(tf, "_FusedConv2D")
                .addInput(x.asOutput())
                .addInput(weight(weight).asOutput())
                .addInputList(new Output<?>[] {bias.asOutput()})
                .addInputList(new Output<?>[0])
                .setAttr("num_args", 1)
                .setAttr("strides", numbers(spatial(convolution.stride())))
                .setAttr("dilations", numbers(spatial(convolution.dilation())))
                .setAttr("padding", PADDING)
                .setAttr("explicit_paddings", numbers(paddings()))
                .setAttr("fused_ops", fused)
                .build()
                .output(0);
    }

    private static long[] numbers(List<Long> numbers) {
        return numbers.stream().mapToLong(number -> number).toArray();
    }

    Operand<?> byInput(Operand<TInt32> sizes, Operand<?> weight, Operand<?> cotangent) {
        return tf.nn.conv2dBackpropInput(
                sizes,
                TfLowering.<TNumber>typed(weight(weight)),
                TfLowering.<TNumber>typed(cotangent),
                spatial(convolution.stride()),
                PADDING,
                Conv2dBackpropInput.explicitPaddings(paddings()));
    }

    /** @param elements of the weight, each of which is multiplied once for every place of a picture */
    Operand<?> byWeight(Operand<TInt32> sizes, long elements, Operand<?> x, Operand<?> cotangent) {
        Operand<?> derivative = isOneDnn(elements, cotangent)
                ? byWeightOfOneDnn(sizes, x, cotangent)
                : tf.nn.conv2dBackpropFilter(
                        TfLowering.<TNumber>typed(x),
                        sizes,
                        TfLowering.<TNumber>typed(cotangent),
                        spatial(convolution.stride()),
                        PADDING,
                        Conv2dBackpropFilter.explicitPaddings(paddings()));
        return tf.linalg.transpose(TfLowering.typed(derivative), tf.constant(WEIGHT_BACK));
    }

    private static boolean isOneDnn(long elements, Operand<?> cotangent) {
        long[] sizes = cotangent.shape().asArray();
        return HAS_ONEDNN
                && cotangent.asOutput().type() == TFloat32.class
                && elements * TfProduct.usual(sizes[0]) * sizes[1] * sizes[2] >= ONEDNN;
    }

    /** The kernel wants pictures that are padded: with paddings of its own it ends the process. */
    private Operand<?> byWeightOfOneDnn(Operand<TInt32> sizes, Operand<?> x, Operand<?> cotangent) {
        return TfProduct.oneDnn(tf, ONEDNN_BY_WEIGHT)
                .addInput(padded(x).asOutput())
                .addInput(sizes.asOutput())
                .addInput(cotangent.asOutput())
                .setAttr("strides", numbers(spatial(convolution.stride())))
                .setAttr("padding", "VALID")
                .build()
                .output(0);
    }

    private Operand<?> padded(Operand<?> x) {
        int[] paddings = paddings().stream().mapToInt(Math::toIntExact).toArray();
        return Arrays.stream(paddings).allMatch(padding -> padding == 0)
                ? x
                : tf.pad(
                        TfLowering.<TFloat32>typed(x),
                        tf.reshape(tf.constant(paddings), tf.constant(new int[] {-1, 2})),
                        tf.constant(0f));
    }

    private Operand<?> weight(Operand<?> weight) {
        return tf.linalg.transpose(TfLowering.typed(weight), tf.constant(WEIGHT));
    }

    /** One number for each axis of a picture, 1 for the batch and the channels. */
    private static List<Long> spatial(List<Long> numbers) {
        return List.of(1L, numbers.get(0), numbers.get(1), 1L);
    }

    private List<Long> paddings() {
        List<Long> paddings = new ArrayList<>(List.of(0L, 0L));
        convolution.padding().forEach(paddings::addAll);
        paddings.addAll(List.of(0L, 0L));
        return paddings;
    }
}
