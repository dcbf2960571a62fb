package org.lamina.graph;

import java.util.List;
import java.util.stream.IntStream;
import org.lamina.Shape;

/**
 * A shape of so many axes that none may come to it, with two neighbours made one, so that another can be divided. Smaller shapes stay
 * as they are. The first axis is never one of the two, as its size may be open.
 *
 * @param shape the whole
 * @param first the first of the two, -1 if there are none
 */
record Folding(Shape shape, int first) {
    /** Every framework takes as many axes. */
    private static final int MOST = 6;

    /** @param used the axes that are needed as they are */
    static Folding of(Shape shape, List<Integer> used) {
        int pair = IntStream.range(1, shape.rank() - 1)
                .filter(axis -> !used.contains(axis) && !used.contains(axis + 1))
                .findFirst()
                .orElse(-1);
        return new Folding(shape, shape.rank() < MOST ? -1 : pair);
    }

    Shape folded() {
        return first < 0
                ? shape
                : shape.slice(0, first)
                        .concat(Shape.of(shape.extent(first) * shape.extent(first + 1)))
                        .concat(shape.slice(first + 2, shape.rank()));
    }

    /** Where an axis that is used lies after folding. */
    int axis(int axis) {
        return first >= 0 && axis > first ? axis - 1 : axis;
    }
}
