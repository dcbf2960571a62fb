package org.lamina.train;

import java.util.List;
import java.util.stream.IntStream;
import org.lamina.Arguments;
import org.lamina.Generator;
import org.lamina.HostArray;

/**
 * Samples parted into those to train on and those to test with.
 *
 * @param training the first part of each array
 * @param test the rest of each array
 */
public record Split(List<HostArray> training, List<HostArray> test) {
    /** @throws org.lamina.LaminaException ARGUMENT if one of them is null */
    public Split {
        Arguments.requireAll(training, "Split", "training");
        Arguments.requireAll(test, "Split", "test");
    }

    /** In the arrays' order: the first {@code share} of the samples, rounded down, is for training. */
    public static Split inOrder(List<HostArray> arrays, double share) {
        Arguments.requireAll(arrays, "Split.inOrder", "arrays");
        int[] order = IntStream.range(0, Batches.samples(arrays)).toArray();
        return of(arrays, share, order);
    }

    /** In an order drawn by Lamina's own generator, so the same everywhere. */
    public static Split shuffled(List<HostArray> arrays, double share, long seed) {
        Arguments.requireAll(arrays, "Split.shuffled", "arrays");
        return of(arrays, share, Generator.of(seed).split("split").permutation(Batches.samples(arrays)));
    }

    private static Split of(List<HostArray> arrays, double share, int[] order) {
        Settings.require("split", "the share for training", share, share >= 0 && share <= 1, "from 0 to 1");
        int count = (int) (share * order.length);
        int[] first = IntStream.range(0, count).map(i -> order[i]).toArray();
        int[] rest = IntStream.range(count, order.length).map(i -> order[i]).toArray();
        return new Split(
                arrays.stream().map(array -> array.take(first)).toList(),
                arrays.stream().map(array -> array.take(rest)).toList());
    }
}
