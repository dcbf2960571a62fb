package org.lamina.djl;

import java.util.ArrayList;
import java.util.List;

/** A permutation of many axes by swaps of two blocks of neighbouring axes, each of which is a permutation of four. */
final class DjlMoves {
    /** MXNet's transpose takes no more axes. */
    static final int MOST = 6;

    /** The two blocks in the middle change places. */
    static final int[] SWAP = {0, 2, 1, 3};

    private DjlMoves() {}

    /**
     * An axis that goes to a place before it.
     *
     * @param from where it is
     * @param to where it goes, and pushes the others back
     */
    record Move(int from, int to) {
        /** The sizes of four blocks: what is before both places, what is between, the axis, and what is after. */
        long[] blocks(long... sizes) {
            return new long[] {
                product(0, to, sizes), product(to, from, sizes), sizes[from], product(from + 1, sizes.length, sizes)
            };
        }

        /** The sizes after the move. */
        long[] moved(long... sizes) {
            long[] moved = sizes.clone();
            System.arraycopy(sizes, to, moved, to + 1, from - to);
            moved[to] = sizes[from];
            return moved;
        }

        private static long product(int from, int to, long... sizes) {
            long product = 1;
            for (int axis = from; axis < to; axis++) {
                product *= sizes[axis];
            }
            return product;
        }
    }

    /** The moves that put axis permutation[i] at i, one after another. */
    static List<Move> of(int... permutation) {
        List<Integer> order = new ArrayList<>();
        for (int axis = 0; axis < permutation.length; axis++) {
            order.add(axis);
        }
        List<Move> moves = new ArrayList<>();
        for (int to = 0; to < permutation.length; to++) {
            int from = order.indexOf(permutation[to]);
            if (from > to) {
                order.add(to, order.remove(from));
                moves.add(new Move(from, to));
            }
        }
        return moves;
    }
}
