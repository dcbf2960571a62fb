package org.lamina.benchmarks;

import java.util.Random;

/** How large the batches of a run are; their mean is the same. */
public enum BatchSizes {
    /** All of the network's size. */
    FIXED {
        @Override
        int draw(int batch, Random random) {
            return batch;
        }
    },
    /** Any size from half of it to one and a half. */
    RANDOM {
        @Override
        int draw(int batch, Random random) {
            return Math.max(1, batch / 2 + random.nextInt(batch + 1));
        }
    };

    abstract int draw(int batch, Random random);
}
