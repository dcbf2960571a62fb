package org.lamina.benchmarks;

import org.lamina.HostArray;
import org.lamina.Shape;

/**
 * A batch of a network's inputs and targets.
 *
 * @param inputs float32, the batch along the first axis
 * @param targets float32 (examples, outputs)
 */
public record Batch(HostArray inputs, HostArray targets) {
    /** Inputs in [0, 1), as the chapter draws them, and normal targets. */
    public static Batch of(Network network, int size, long seed) {
        return new Batch(
                HostArray.uniform(network.inputs(size), seed),
                HostArray.normal(Shape.of(size, network.outputs()), seed + 1));
    }

    /** The number of examples. */
    public int size() {
        return Math.toIntExact(inputs.shape().extent(0));
    }
}
