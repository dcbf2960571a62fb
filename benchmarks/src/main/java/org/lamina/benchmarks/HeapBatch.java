package org.lamina.benchmarks;

import org.lamina.HostArray;
import org.lamina.Shape;

/** A batch in arrays of Java, as hand-written code keeps it. Not copied: nobody changes them. */
public final class HeapBatch {
    private final float[] inputs;
    private final long[] inputShape;
    private final float[] targets;
    private final long[] targetShape;

    private HeapBatch(float[] inputs, long[] inputShape, Batch batch) {
        this.inputs = inputs;
        this.inputShape = inputShape;
        this.targets = batch.targets().toFloats();
        this.targetShape = batch.targets().shape().toArray();
    }

    /** Pictures have their channels first, as in the batch. */
    public static HeapBatch of(Batch batch) {
        HostArray inputs = batch.inputs();
        return new HeapBatch(inputs.toFloats(), inputs.shape().toArray(), batch);
    }

    /** Pictures have their channels last. */
    public static HeapBatch channelsLast(Batch batch) {
        HostArray inputs = batch.inputs();
        return new HeapBatch(channelsLast(inputs), channelsLast(inputs.shape()).toArray(), batch);
    }

    /** The shape of pictures with their channels last; other shapes as they are. */
    public static Shape channelsLast(Shape shape) {
        return shape.rank() == 4 ? Shape.of(shape.extent(0), shape.extent(2), shape.extent(3), shape.extent(1)) : shape;
    }

    private static float[] channelsLast(HostArray array) {
        float[] values = array.toFloats();
        if (array.shape().rank() < 4) {
            return values;
        }
        int channels = Math.toIntExact(array.shape().extent(1));
        int pixels = Math.toIntExact(array.shape().extent(2) * array.shape().extent(3));
        float[] moved = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            int example = i / (channels * pixels);
            int channel = i / pixels % channels;
            moved[(example * pixels + i % pixels) * channels + channel] = values[i];
        }
        return moved;
    }

    /** The elements of the inputs. */
    public float[] inputs() {
        return inputs;
    }

    /** The shape of the inputs. */
    public long[] inputShape() {
        return inputShape;
    }

    /** The elements of the targets. */
    public float[] targets() {
        return targets;
    }

    /** The shape of the targets, (examples, outputs). */
    public long[] targetShape() {
        return targetShape;
    }
}
