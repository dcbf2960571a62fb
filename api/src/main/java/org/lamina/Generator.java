package org.lamina;

import java.nio.charset.StandardCharsets;

/**
 * Lamina's own random generator: the same bits on every machine and backend.
 *
 * <p>It is Philox4x32-10 (Salmon, Moraes, Dror and Shaw, <i>Parallel Random Numbers: As Easy as 1, 2, 3</i>, SC11), a
 * function from a 64-bit key and a counter to random bits. It has no state: value {@code i} can be asked for in any order,
 * so nothing but the seed need be saved.
 */
public final class Generator {
    private static final long MULTIPLIER_0 = 0xD2511F53L;
    private static final long MULTIPLIER_1 = 0xCD9E8D57L;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;
    private static final double TWO_TO_MINUS_53 = 0x1p-53;
    private static final float GREATEST_BELOW_ONE = 0x1.fffffep-1f;
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private final long key;

    private Generator(long key) {
        this.key = key;
    }

    /** The generator whose key is the seed. */
    public static Generator of(long seed) {
        return new Generator(seed);
    }

    /**
     * An independent generator for a name, such as a parameter's path. Its key is the 64 bits drawn at counter FNV-1a-64(name
     * in UTF-8).
     */
    public Generator split(String name) {
        Arguments.require(name, "Generator.split", "name");
        long hash = FNV_OFFSET;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * FNV_PRIME;
        }
        return split(hash);
    }

    /** An independent generator for a number, such as a training step: its key is the 64 bits drawn at that counter. */
    public Generator split(long number) {
        return new Generator(bits(number, 1));
    }

    /** 64 random bits: the first two words of block {@code (counter, 0)}, low word first. */
    public long bits(long counter) {
        return bits(counter, 0);
    }

    /** Value {@code index} of a sequence from U[0, 1), a multiple of 2^-53: the upper 53 of {@link #bits}. */
    public double uniform(long index) {
        return (bits(index, 0) >>> 11) * TWO_TO_MINUS_53;
    }

    /** {@link #uniform} as a float32, which is less than 1 where rounding would give 1. */
    public float uniformFloat(long index) {
        return Math.min((float) uniform(index), GREATEST_BELOW_ONE);
    }

    /**
     * Value {@code index} of a sequence from N(0, 1), by Box and Muller: sqrt(-2 ln(1 - u)) cos(2 pi v), with u and v the two
     * uniform values of one block.
     */
    public double normal(long index) {
        int[] block = block(index, 0);
        double u = (join(block[0], block[1]) >>> 11) * TWO_TO_MINUS_53;
        double v = (join(block[2], block[3]) >>> 11) * TWO_TO_MINUS_53;
        // StrictMath: the same bits on every machine, which Math does not promise for log and cos.
        return StrictMath.sqrt(-2 * StrictMath.log(1 - u)) * StrictMath.cos(2 * Math.PI * v);
    }

    /** A permutation of 0 to {@code count - 1}, by Fisher and Yates from the end. */
    public int[] permutation(int count) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            order[i] = i;
        }
        for (int i = count - 1; i > 0; i--) {
            int j = (int) Math.floorMod(bits(i) >>> 1, (long) i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        return order;
    }

    private long bits(long counter, int stream) {
        int[] block = block(counter, stream);
        return join(block[0], block[1]);
    }

    private static long join(int low, int high) {
        return (low & 0xffffffffL) | ((long) high << 32);
    }

    /** The four words of Philox4x32-10 for a counter of 128 bits, given by its lower and its upper half. */
    int[] block(long counter, long stream) {
        int c0 = (int) counter;
        int c1 = (int) (counter >>> 32);
        int c2 = (int) stream;
        int c3 = (int) (stream >>> 32);
        int k0 = (int) key;
        int k1 = (int) (key >>> 32);
        for (int round = 0; round < 10; round++) {
            long p0 = MULTIPLIER_0 * (c0 & 0xffffffffL);
            long p1 = MULTIPLIER_1 * (c2 & 0xffffffffL);
            c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
            c1 = (int) p1;
            c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
            c3 = (int) p0;
            k0 += WEYL_0;
            k1 += WEYL_1;
        }
        return new int[] {c0, c1, c2, c3};
    }
}
