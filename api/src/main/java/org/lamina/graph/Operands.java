package org.lamina.graph;

import java.util.List;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.Shape;

/** The operands of an op about to be made: their types, their names, and the checks that ops share. */
public final class Operands {
    private final String op;
    private final List<Node> nodes;
    private final List<String> labels;

    Operands(String op, List<Node> nodes, List<String> labels) {
        this.op = op;
        this.nodes = nodes;
        this.labels = labels;
    }

    int count() {
        return nodes.size();
    }

    DType dtype(int index) {
        return nodes.get(index).type().dtype();
    }

    Shape shape(int index) {
        return nodes.get(index).type().shape();
    }

    /** For example {@code x is (2, 5)}. */
    String describeShape(int index) {
        return label(index) + " is " + shape(index);
    }

    private String label(int index) {
        String label = labels.get(index);
        return label.startsWith("the ") && index == 0 && nodes.size() > 1 ? "the first operand, " + label + "," : label;
    }

    LaminaException error(ErrorCode code, String message) {
        return new LaminaException(code, op + ": " + message);
    }

    void requireFloating(int index) {
        if (!dtype(index).isFloating()) {
            throw dtypeError(index, "float32 or float64");
        }
    }

    void requireNumeric(int index) {
        if (dtype(index) == DType.BOOL) {
            throw dtypeError(index, "a numeric dtype");
        }
    }

    void requireInteger(int index) {
        if (!dtype(index).isInteger()) {
            throw dtypeError(index, "int32 or int64");
        }
    }

    void requireBool(int index) {
        if (dtype(index) != DType.BOOL) {
            throw dtypeError(index, "bool");
        }
    }

    private LaminaException dtypeError(int index, String wanted) {
        return error(
                ErrorCode.DTYPE,
                label(index) + " is " + dtype(index) + "; " + op + " takes " + wanted + ". Use cast first.");
    }

    void requireSameDtype(int first, int second) {
        if (dtype(first) != dtype(second)) {
            throw error(
                    ErrorCode.DTYPE,
                    label(first) + " is " + dtype(first) + " and " + label(second) + " is " + dtype(second)
                            + "; nothing is promoted by itself. Use cast on one of them.");
        }
    }

    void requireAxis(int index, int axis) {
        if (axis < 0 || axis >= shape(index).rank()) {
            throw error(
                    ErrorCode.AXIS,
                    describeShape(index) + ", which has no axis " + axis + ". Give an axis below its rank "
                            + shape(index).rank() + ".");
        }
    }

    /** The size of an axis that the op must know now. */
    long closed(int index, int axis) {
        long size = shape(index).extent(axis);
        if (size == Shape.BATCH) {
            throw error(
                    ErrorCode.BATCH_OPEN,
                    "the size of axis " + axis + " of " + shape(index)
                            + " is open and this op must know it. Give a batch size instead of Shape.BATCH.");
        }
        return size;
    }

    /** Checks that indices have something to choose from: a framework that is given some for an axis of size 0 reads beyond it. */
    void requireChoice(long size, int indices) {
        if (size == 0 && shape(indices).closedSize() != 0) {
            throw error(
                    ErrorCode.EMPTY,
                    "the indices are " + shape(indices)
                            + " and the axis that they choose from has no elements. Give the axis at least one element.");
        }
    }

    /** The shape that two operands broadcast to, NumPy's rule: aligned at the last axis, sizes equal or 1. */
    Shape broadcast(int first, int second) {
        return broadcast(shape(first), shape(second), describeShape(first) + " and " + describeShape(second));
    }

    Shape broadcast(Shape a, Shape b, String description) {
        int rank = Math.max(a.rank(), b.rank());
        long[] sizes = new long[rank];
        for (int axis = 0; axis < rank; axis++) {
            long m = aligned(a, axis - rank + a.rank());
            long n = aligned(b, axis - rank + b.rank());
            if (m != n && m != 1 && n != 1) {
                throw error(
                        ErrorCode.SHAPE,
                        description + "; " + size(m) + " and " + size(n)
                                + " must be equal, or one of them 1, to broadcast.");
            }
            sizes[axis] = m == 1 ? n : m;
        }
        return Shape.of(sizes);
    }

    private static long aligned(Shape shape, int axis) {
        return axis < 0 ? 1 : shape.extent(axis);
    }

    static String size(long size) {
        return size == Shape.BATCH ? "N" : Long.toString(size);
    }
}
