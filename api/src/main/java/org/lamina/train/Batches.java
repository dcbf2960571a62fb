package org.lamina.train;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.lamina.Arguments;
import org.lamina.ErrorCode;
import org.lamina.Generator;
import org.lamina.HostArray;
import org.lamina.LaminaException;

/**
 * Batches of equal size from arrays whose first axis numbers the samples; after the last sample the first comes again.
 *
 * @param arrays of equally many samples
 * @param size the samples of a batch, at least 1
 * @param order at which place of an endless sequence which sample stands
 */
public record Batches(List<HostArray> arrays, int size, Order order) {
    /** The sample at each place of an endless sequence. */
    @FunctionalInterface
    public interface Order {
        /** The sample at a place, of {@code count} samples. */
        int sample(long place, int count);
    }

    /** Checks the arrays. */
    public Batches {
        Arguments.requireAll(arrays, "Batches", "arrays");
        Arguments.require(order, "Batches", "order");
        arrays = List.copyOf(arrays);
        Settings.require("batches", "size", size, size > 0, "at least 1");
        if (samples(arrays) == 0) {
            throw new LaminaException(
                    ErrorCode.EMPTY, "batches: there is no sample to make a batch of. Give arrays with samples.");
        }
    }

    /** The number of samples in arrays. @throws LaminaException if they do not agree on it */
    static int samples(List<HostArray> arrays) {
        Set<Long> counts = new HashSet<>();
        arrays.forEach(array ->
                counts.add(array.shape().rank() == 0 ? -1 : array.shape().extent(0)));
        if (counts.size() != 1 || counts.contains(-1L)) {
            throw new LaminaException(
                    ErrorCode.SHAPE,
                    "batches: the arrays are "
                            + arrays.stream().map(HostArray::type).toList()
                            + "; their first sizes, the numbers of samples, must be equal. Give arrays of equally many.");
        }
        return (int) arrays.get(0).shape().extent(0);
    }

    /** In the order of the arrays. */
    public static Batches inOrder(List<HostArray> arrays, int size) {
        Arguments.requireAll(arrays, "Batches.inOrder", "arrays");
        return new Batches(arrays, size, (place, count) -> (int) (place % count));
    }

    /** Shuffled anew for each pass over the samples, by Lamina's own generator, so the same on every backend. */
    public static Batches shuffled(List<HostArray> arrays, int size, long seed) {
        Arguments.requireAll(arrays, "Batches.shuffled", "arrays");
        Generator generator = Generator.of(seed).split("shuffle");
        return new Batches(arrays, size, new Order() {
            private long pass = -1;
            private int[] order = {};

            @Override
            public synchronized int sample(long place, int count) {
                if (pass != place / count) {
                    pass = place / count;
                    order = generator.split(pass).permutation(count);
                }
                return order[(int) (place % count)];
            }
        });
    }

    /** The batch of a step counted from 0: one array for each. @throws LaminaException RANGE if there is no such step */
    public List<HostArray> batch(long step) {
        if (step < 0 || step > Long.MAX_VALUE / size - 1) {
            throw new LaminaException(
                    ErrorCode.RANGE,
                    "batches: there is no step " + step + "; steps go from 0 to " + (Long.MAX_VALUE / size - 1)
                            + ". Give one of them.");
        }
        int count = samples(arrays);
        int[] samples = new int[size];
        for (int i = 0; i < size; i++) {
            samples[i] = order.sample(step * size + i, count);
        }
        List<HostArray> batch = new ArrayList<>();
        for (HostArray array : arrays) {
            batch.add(array.take(samples));
        }
        return List.copyOf(batch);
    }
}
