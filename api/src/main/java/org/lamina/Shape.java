package org.lamina;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The sizes of a tensor's axes, outermost first. Immutable.
 *
 * <p>An axis may have the open size {@link #BATCH}, written {@code N}: a traced layer is then good for every batch size. A
 * layer that asks for such a size is traced again for each batch size, so asking is allowed, only slower.
 */
public final class Shape {
    /** The open size of a batch axis, to be known only when the model is called. */
    public static final long BATCH = -1;

    private static final Shape SCALAR = new Shape();

    private final long[] sizes;

    private Shape(long... sizes) {
        this.sizes = sizes;
    }

    /**
     * A shape of the given sizes; none makes a scalar.
     *
     * @throws LaminaException if a size is negative and not {@link #BATCH}
     */
    public static Shape of(long... sizes) {
        Arguments.require(sizes, "Shape.of", "sizes");
        return sizes.length == 0 ? SCALAR : checked(sizes.clone());
    }

    private static Shape checked(long[] sizes) {
        for (long size : sizes) {
            if (size < 0 && size != BATCH) {
                throw new LaminaException(
                        ErrorCode.SHAPE,
                        "shape: a size is " + size + "; sizes are zero or more. Give the axis a size.");
            }
        }
        return new Shape(sizes);
    }

    /** The shape without axes, of one element. */
    public static Shape scalar() {
        return SCALAR;
    }

    /** The number of axes. */
    public int rank() {
        return sizes.length;
    }

    /**
     * The size of an axis, negative axes counting from the end.
     *
     * @throws LaminaException if there is no such axis, or its size is open
     */
    public long dim(int axis) {
        long size = extent(axis(axis));
        if (size == BATCH) {
            throw open("axis " + axis);
        }
        return size;
    }

    /**
     * The size of an axis counted from the start, {@link #BATCH} if it is open.
     *
     * @throws LaminaException if there is no such axis
     */
    public long extent(int axis) {
        if (axis < 0 || axis >= sizes.length) {
            throw new LaminaException(
                    ErrorCode.AXIS,
                    "axis " + axis + " does not exist in shape " + this + ", which has rank " + sizes.length
                            + ". Give an axis from 0 to below the rank.");
        }
        return sizes[axis];
    }

    /**
     * The axis counted from the start, for one that may be negative and then counts from the end.
     *
     * @throws LaminaException if there is no such axis
     */
    public int axis(int axis) {
        if (axis < -sizes.length || axis >= sizes.length) {
            throw new LaminaException(
                    ErrorCode.AXIS,
                    "axis " + axis + " does not exist in shape " + this + ", which has rank " + sizes.length
                            + (sizes.length == 0
                                    ? " and no axes. Give a tensor with axes."
                                    : ". Give an axis from " + -sizes.length + " to " + (sizes.length - 1) + "."));
        }
        return axis < 0 ? axis + sizes.length : axis;
    }

    /** A copy of the sizes, {@link #BATCH} where open. */
    public long[] toArray() {
        return sizes.clone();
    }

    /** True if some axis has the open size {@link #BATCH}. */
    public boolean isOpen() {
        for (long size : sizes) {
            if (size == BATCH) {
                return true;
            }
        }
        return false;
    }

    // Plain loops below: these run in every call, and a stream leaves more garbage than a small result.

    /** This shape with every open size replaced by {@code batch}. */
    public Shape bind(long batch) {
        if (!isOpen()) {
            return this;
        }
        long[] bound = sizes.clone();
        for (int axis = 0; axis < bound.length; axis++) {
            bound[axis] = bound[axis] == BATCH ? batch : bound[axis];
        }
        return checked(bound);
    }

    /**
     * This shape with another size for the axis counted from the start.
     *
     * @throws LaminaException if there is no such axis, or the size is none
     */
    public Shape with(int axis, long size) {
        extent(axis);
        long[] copy = sizes.clone();
        copy[axis] = size;
        return Shape.of(copy);
    }

    /**
     * The sizes of the axes from {@code from} (inclusive) to {@code to} (exclusive), counted from the start.
     *
     * @throws LaminaException if there are no such axes
     */
    public Shape slice(int from, int to) {
        if (from < 0 || from > to || to > sizes.length) {
            throw new LaminaException(
                    ErrorCode.AXIS,
                    "axes " + from + " to " + to + " do not exist in shape " + this + ", which has rank " + sizes.length
                            + ". Give two axes from 0 to the rank, the first not above the second.");
        }
        return Shape.of(Arrays.copyOfRange(sizes, from, to));
    }

    /** The axes of this shape followed by those of another. */
    public Shape concat(Shape other) {
        Arguments.require(other, "Shape.concat", "other");
        long[] both = Arrays.copyOf(sizes, sizes.length + other.sizes.length);
        System.arraycopy(other.sizes, 0, both, sizes.length, other.sizes.length);
        return Shape.of(both);
    }

    /**
     * The number of elements.
     *
     * @throws LaminaException if a size is open or the product exceeds a long
     */
    public long size() {
        if (isOpen()) {
            throw open("the number of elements");
        }
        return closedSize();
    }

    /** The product of the sizes that are not open. */
    public long closedSize() {
        for (long size : sizes) {
            if (size == 0) {
                return 0;
            }
        }
        long product = 1;
        for (long size : sizes) {
            product = size == BATCH ? product : times(product, size);
        }
        return product;
    }

    private long times(long product, long size) {
        try {
            return Math.multiplyExact(product, size);
        } catch (ArithmeticException e) {
            throw new LaminaException(
                    ErrorCode.SHAPE, "shape " + this + " has more than 2^63 - 1 elements. Make an axis smaller.");
        }
    }

    private LaminaException open(String what) {
        return new LaminaException(
                ErrorCode.BATCH_OPEN,
                what + " of shape " + this
                        + " is open: it is known only when the model is called. Use bind(batch) first, or "
                        + "count() for the number as a tensor.");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && Arrays.equals(sizes, shape.sizes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(sizes);
    }

    /** The sizes as the book prints them: {@code ()}, {@code (5,)}, {@code (2, 5)}; an open size is {@code N}. */
    @Override
    public String toString() {
        String joined = Arrays.stream(sizes)
                .mapToObj(s -> s == BATCH ? "N" : Long.toString(s))
                .collect(Collectors.joining(", "));
        return "(" + joined + (sizes.length == 1 ? ",)" : ")");
    }
}
