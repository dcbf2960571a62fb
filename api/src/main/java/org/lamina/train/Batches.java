package org.lamina.train;

import java.util.ArrayList;
import java.util.List;
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
        arrays = List.copyOf(arrays);
        if (size < 1
                || arrays.isEmpty()
                || arrays.get(0).shape().rank() == 0
                || arrays.get(0).shape().extent(0) == 0) {
            throw new LaminaException(
                    ErrorCode.CONFIGURATION,
                    "batches: " + size + " samples of "
                            + arrays.stream().map(HostArray::type).toList()
                            + "; a batch needs at least one sample. Give arrays with samples and a positive size.");
        }
        long count = arrays.get(0).shape().extent(0);
        for (HostArray array : arrays) {
            if (array.shape().rank() == 0 || array.shape().extent(0) != count) {
                throw new LaminaException(
                        ErrorCode.SHAPE,
                        "batches: the arrays are "
                                + arrays.stream().map(HostArray::type).toList()
                                + "; their first sizes, the numbers of samples, must be equal.");
            }
        }
    }

    /** In the order of the arrays. */
    public static Batches inOrder(List<HostArray> arrays, int size) {
        return new Batches(arrays, size, (place, count) -> (int) (place % count));
    }

    /** Shuffled anew for each pass over the samples, by Lamina's own generator, so the same on every backend. */
    public static Batches shuffled(List<HostArray> arrays, int size, long seed) {
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

    /** The batch of a step counted from 0: one array for each. */
    public List<HostArray> batch(long step) {
        int count = (int) arrays.get(0).shape().extent(0);
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
