package org.lamina.port;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;

/** How an array of Lamina lies in another framework's file, both ways. */
public interface Layout {
    /** The array as the file has it. */
    HostArray store(HostArray own);

    /** The array as Lamina has it. @throws LaminaException with {@link ErrorCode#WEIGHTS} if it has not the axes that it needs */
    HostArray load(HostArray stored);

    /** No difference. */
    static Layout same() {
        return of(array -> array, array -> array);
    }

    /** Two functions, each the other's inverse. */
    static Layout of(UnaryOperator<HostArray> store, UnaryOperator<HostArray> load) {
        return new Layout() {
            @Override
            public HostArray store(HostArray own) {
                return store.apply(own);
            }

            @Override
            public HostArray load(HostArray stored) {
                return load.apply(stored);
            }
        };
    }

    /** Axis i of the file is axis order[i] of Lamina. */
    static Layout transposed(int... order) {
        int[] back = new int[order.length];
        for (int i = 0; i < order.length; i++) {
            back[order[i]] = i;
        }
        return of(
                own -> Arrays.equals(order, IntStream.range(0, order.length).toArray())
                        ? own
                        : Elements.transpose(requireRank(own, order.length), order),
                stored -> Elements.transpose(requireRank(stored, order.length), back));
    }

    /** The file counts backwards along these of its axes. */
    static Layout reversed(int... axes) {
        UnaryOperator<HostArray> reverse = array -> Elements.reverse(array, axes);
        return of(reverse, reverse);
    }

    /** The same elements in C order in another shape. */
    static Layout reshaped(UnaryOperator<Shape> stored, UnaryOperator<Shape> own) {
        return of(array -> reshape(array, stored), array -> reshape(array, own));
    }

    /**
     * Rows of a matrix that follow a flattened (channels, places) in Lamina and a flattened (places, channels) in the file, as
     * where a framework has the channels last.
     */
    static Layout flattened(long channels) {
        return of(own -> regroup(own, channels, true), stored -> regroup(stored, channels, false));
    }

    /** This one first, then another on what it stores. */
    default Layout then(Layout next) {
        return of(own -> next.store(store(own)), stored -> load(next.load(stored)));
    }

    private static HostArray regroup(HostArray matrix, long channels, boolean store) {
        requireRank(matrix, 2);
        long rows = matrix.shape().extent(0);
        long columns = matrix.shape().extent(1);
        if (rows % channels != 0) {
            throw wrong("its " + rows + " rows are no multiple of the " + channels + " channels that were flattened");
        }
        long places = rows / channels;
        Shape groups = store ? Shape.of(channels, places, columns) : Shape.of(places, channels, columns);
        return Elements.transpose(matrix.reshape(groups), 1, 0, 2).reshape(matrix.shape());
    }

    private static HostArray reshape(HostArray array, UnaryOperator<Shape> change) {
        Shape shape;
        try {
            shape = change.apply(array.shape());
        } catch (RuntimeException e) {
            throw wrong("it has the wrong number of axes, " + array.shape());
        }
        if (shape.size() != array.size()) {
            throw wrong("its shape " + array.shape() + " cannot become " + shape);
        }
        return array.reshape(shape);
    }

    private static HostArray requireRank(HostArray array, int rank) {
        if (array.shape().rank() != rank) {
            throw wrong("it is " + array.shape() + " and must have " + rank + " axes");
        }
        return array;
    }

    private static LaminaException wrong(String reason) {
        return new LaminaException(ErrorCode.WEIGHTS, reason);
    }
}
