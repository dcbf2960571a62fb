package org.lamina.djl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A permutation of axes is a row of moves. */
class DjlMovesTest {
    @Test
    void theAxisThatMovesStandsBetweenItsNeighbours() {
        DjlMoves.Move move = new DjlMoves.Move(3, 1);
        assertThat(move.blocks(2, 3, 5, 7, 11)).containsExactly(2, 15, 7, 11);
        assertThat(move.moved(2, 3, 5, 7, 11)).containsExactly(2, 7, 3, 5, 11);
    }

    @Test
    void movesOneAfterAnotherMakeThePermutation() {
        long[] sizes = {2, 3, 5, 7, 11, 13, 17};
        int[] permutation = {6, 2, 0, 5, 1, 3, 4};
        for (DjlMoves.Move move : DjlMoves.of(permutation)) {
            sizes = move.moved(sizes);
        }
        assertThat(sizes).containsExactly(17, 5, 2, 13, 3, 7, 11);
    }

    @Test
    void whatIsInOrderDoesNotMove() {
        assertThat(DjlMoves.of(0, 1, 2, 3, 4, 5, 6)).isEqualTo(List.of());
    }
}
