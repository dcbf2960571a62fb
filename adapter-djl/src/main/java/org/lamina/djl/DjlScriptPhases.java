package org.lamina.djl;

import java.util.List;
import org.lamina.graph.Convolution;

/**
 * How a convolution's derivative by its input goes along one spatial axis. Elements of the input that lie a stride apart see the
 * same part of the weight, so that each such phase is a convolution of stride 1 (Shi et al. 2016, Is the deconvolution layer the
 * same as a convolutional layer?; for stride 1 Dumoulin and Visin, A guide to convolution arithmetic, 4.3).
 *
 * @param stride how many phases there are
 * @param distance between elements of the weight
 * @param places in each phase
 * @param taps of the weight that each phase sees
 * @param filling zeros before and after the weight, so that all phases see equally many
 * @param padding of the cotangent, before and after it
 * @param cut what the places have more than the input, below 0
 */
record DjlScriptPhases(
        long stride, long distance, long places, long taps, List<Long> filling, List<Long> padding, List<Long> cut) {
    /** Of one axis, from its sizes in the input, the weight and the cotangent. */
    static DjlScriptPhases of(Convolution settings, int axis, long input, long kernel, long cotangent) {
        long stride = settings.stride().get(axis);
        long distance = settings.dilation().get(axis);
        long zeros = settings.padding().get(axis).get(0);
        long first = Math.floorMod(-zeros, stride);
        long taps = -Math.floorDiv(-kernel - first, stride);
        long places = -Math.floorDiv(-input, stride);
        long span = distance * (taps - 1);
        long before = span - (zeros + first) / stride;
        return new DjlScriptPhases(
                stride,
                distance,
                places,
                taps,
                List.of(first, taps * stride - kernel - first),
                List.of(before, places + span - cotangent - before),
                List.of(0L, input - places * stride));
    }

    /** False if elements of the weight lie so that a phase sees them at uneven distances. */
    boolean areDense() {
        return stride == 1 || distance == 1;
    }
}
