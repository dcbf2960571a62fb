package org.lamina.graph;

import org.lamina.Shape;

/**
 * Up to how many terms a framework's kernels may be trusted with a sum. A kernel that adds n terms one after another, or in a few
 * lanes, is wrong by up to n u sum |t|, u being the unit roundoff (N. J. Higham, "Accuracy and Stability of Numerical Algorithms",
 * chapter 4); {@link LongSums} computes what is longer than a number given here in blocks. The numbers are measured: on terms
 * that are all 1.1, the hardest case, an error of about 40 u sum |t| is not passed.
 *
 * @param rows sums along the last axis
 * @param columns sums along other axes, if they lie side by side
 * @param apart sums along axes with others between them
 * @param running running sums
 * @param scattered terms that may be added up at one index
 * @param products matrix products
 */
public record Accumulation(long rows, long columns, long apart, long running, long scattered, Products products) {
    /** A length that no sum has: the kernel needs no help. */
    public static final long ANY = Long.MAX_VALUE / 8;

    /** Kernels that need no help. */
    public static final Accumulation ACCURATE =
            new Accumulation(ANY, ANY, ANY, ANY, ANY, new Products(ANY, ANY, ANY, false));

    /**
     * The same for matrix products.
     *
     * @param vectors products of a vector; four times that where it meets the matrix row by row, in which case kernels have lanes
     * @param narrow products with fewer than 8 rows or columns, and padded ones
     * @param wide other products
     * @param padded true if batches of products are slow: narrow products become wide ones with rows of zeros, and few pieces are
     *     multiplied one by one
     */
    public record Products(long vectors, long narrow, long wide, boolean padded) {
        /** The same for all products. */
        public static Products of(long all) {
            return new Products(all, all, all, false);
        }
    }

    /** The size of an axis, where open ones have the batch size, perhaps {@link Shape#BATCH}. */
    static long extent(Shape shape, int axis, long batch) {
        long size = shape.extent(axis);
        return size == Shape.BATCH ? batch : size;
    }

    /** The greatest divisor of a length up to a size and above its half, else the size. */
    static long block(long length, long size) {
        for (long block = size; block > size / 2; block--) {
            if (length % block == 0) {
                return block;
            }
        }
        return size;
    }
}
