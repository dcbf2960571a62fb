package org.lamina.graph;

import java.util.Arrays;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.Shape;

/**
 * How many elements a tensor may have. Several frameworks count them in 32 bits, and end the process or write beyond an array where
 * there are more; they multiply the sizes of an empty tensor too.
 */
final class Countable {
    private static final long MOST = Integer.MAX_VALUE;

    private Countable() {}

    /**
     * Checks what is known of a shape.
     *
     * @throws LaminaException SHAPE if the sizes that are neither 0 nor open multiply to more than 2^31 - 1
     */
    static void require(Shape shape) {
        if (!isCountable(shape, 1)) {
            throw refused(shape, "");
        }
    }

    /**
     * Checks the result of a node at a batch size.
     *
     * @throws LaminaException SHAPE if the sizes that are not 0 multiply to more than 2^31 - 1
     */
    static void require(Node node, long batch) {
        Shape shape = node.type().shape();
        if (!isCountable(shape, batch)) {
            String place = node.location().isEmpty() ? "" : " In " + node.location() + ".";
            throw refused(shape.bind(batch), place);
        }
    }

    private static boolean isCountable(Shape shape, long batch) {
        long count = 1;
        for (int axis = 0; axis < shape.rank(); axis++) {
            long size = shape.extent(axis) == Shape.BATCH ? batch : shape.extent(axis);
            if (size > MOST / count) {
                return false;
            }
            count *= Math.max(1, size);
        }
        return true;
    }

    private static LaminaException refused(Shape shape, String place) {
        boolean empty = Arrays.stream(shape.toArray()).anyMatch(size -> size == 0);
        return new LaminaException(
                ErrorCode.SHAPE,
                "shape " + shape
                        + (empty
                                ? " is empty, and its other sizes multiply to more than 2^31 - 1"
                                : " has more than 2^31 - 1 elements")
                        + ", beyond what frameworks count. Make an axis smaller, or the batch." + place);
    }
}
