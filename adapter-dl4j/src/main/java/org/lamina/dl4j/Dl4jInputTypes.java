package org.lamina.dl4j;

import java.util.Arrays;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.Shape;

/**
 * Deeplearning4j's types of activations and Lamina's shapes of one sample. Rows and images, channels first, are alike in both; a
 * sequence is (features, time) there and (time, features) here.
 */
final class Dl4jInputTypes {
    /** For a sequence whose length is not known when the network is made; parameters hardly ever depend on it. */
    private static final long ASSUMED_TIME = 64;

    private Dl4jInputTypes() {}

    /** The shape of one sample. @throws LaminaException SHAPE for images with channels last */
    static Shape shape(InputType type) {
        if (type instanceof InputType.InputTypeRecurrent sequence) {
            return Shape.of(
                    isLengthKnown(sequence) ? sequence.getTimeSeriesLength() : ASSUMED_TIME, sequence.getSize());
        }
        if (type instanceof InputType.InputTypeConvolutional images) {
            requireChannelsFirst(images.getFormat() == CNN2DFormat.NCHW, type);
            return Shape.of(images.getChannels(), images.getHeight(), images.getWidth());
        }
        if (type instanceof InputType.InputTypeConvolutional3D volumes) {
            requireChannelsFirst(volumes.getDataFormat() == Convolution3D.DataFormat.NCDHW, type);
            return Shape.of(volumes.getChannels(), volumes.getDepth(), volumes.getHeight(), volumes.getWidth());
        }
        return Shape.of(type.arrayElementsPerExample());
    }

    private static void requireChannelsFirst(boolean isFirst, InputType type) {
        if (!isFirst) {
            throw new LaminaException(
                    ErrorCode.SHAPE,
                    "input: it is " + type + ", and Lamina's images have their channels first. Give the network the "
                            + "format NCHW, or NCDHW for volumes.");
        }
    }

    private static boolean isLengthKnown(InputType.InputTypeRecurrent sequence) {
        return sequence.getTimeSeriesLength() > 0;
    }

    /** True if arrays of this type have their time last, as Deeplearning4j's usually do. */
    static boolean isTimeLast(InputType type) {
        return !(type instanceof InputType.InputTypeRecurrent sequence) || sequence.getFormat() != RNNFormat.NWC;
    }

    /** The type of outputs of a shape, its first axis the batch. @throws LaminaException SHAPE if there is none */
    static InputType type(Shape output, InputType... inputs) {
        boolean isLengthKnown = Arrays.stream(inputs)
                .allMatch(
                        input -> !(input instanceof InputType.InputTypeRecurrent sequence) || isLengthKnown(sequence));
        boolean isTimeLast = Arrays.stream(inputs).allMatch(Dl4jInputTypes::isTimeLast);
        return switch (output.rank()) {
            case 2 -> InputType.feedForward(output.extent(1));
            case 3 ->
                InputType.recurrent(
                        output.extent(2),
                        isLengthKnown ? output.extent(1) : -1,
                        isTimeLast ? RNNFormat.NCW : RNNFormat.NWC);
            case 4 -> InputType.convolutional(output.extent(2), output.extent(3), output.extent(1));
            case 5 ->
                InputType.convolutional3D(
                        Convolution3D.DataFormat.NCDHW,
                        output.extent(2),
                        output.extent(3),
                        output.extent(4),
                        output.extent(1));
            default ->
                throw new LaminaException(
                        ErrorCode.SHAPE,
                        "output: the layer gives " + output + ", and layers of Deeplearning4j give (batch, features), "
                                + "sequences, images or volumes. Reshape it in a layer around it.");
        };
    }
}
