package org.lamina.djl;

import org.jspecify.annotations.Nullable;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;

/**
 * One value of a program of MXNet's.
 *
 * @param node the position of the node that computes it
 * @param type its dtype and shape, without open sizes
 * @param constant its value if it is a constant of one element, so that ops may have it as a number
 * @param other the same value in another form, or null: of a transposed matrix the matrix, of a comparison 0 and 1 as floats
 */
record DjlSymbol(
        int node,
        TensorType type,
        @Nullable HostArray constant,
        @Nullable DjlSymbol other) {
    /** The node of a constant that is not written yet. */
    static final int UNWRITTEN = -1;

    DjlSymbol(int node, TensorType type) {
        this(node, type, null, null);
    }

    /** This, with its value in another form. */
    DjlSymbol with(DjlSymbol form) {
        return new DjlSymbol(node, type, constant, form);
    }

    /** (1, ...) of a shape. */
    static Shape batchOfOne(Shape shape) {
        return Shape.of(1).concat(shape);
    }

    Shape shape() {
        return type.shape();
    }

    int rank() {
        return type.shape().rank();
    }

    /** What a program cannot be made of, so that the graph runs op by op. */
    static final class Inexpressible extends RuntimeException {
        private static final long serialVersionUID = 1;

        Inexpressible(String reason) {
            super(reason, null, false, false);
        }
    }
}
