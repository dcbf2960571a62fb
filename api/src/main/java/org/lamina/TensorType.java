package org.lamina;

/**
 * The dtype and shape of a tensor: all that is known of it while a layer is traced.
 *
 * @param dtype the element type
 * @param shape the sizes of the axes, some perhaps open
 */
public record TensorType(DType dtype, Shape shape) {
    /** @throws LaminaException ARGUMENT if one of them is null */
    public TensorType {
        Arguments.require(dtype, "TensorType", "dtype");
        Arguments.require(shape, "TensorType", "shape");
    }

    /** This type with another shape. */
    public TensorType with(Shape other) {
        return new TensorType(dtype, other);
    }

    /** This type with another dtype. */
    public TensorType with(DType other) {
        return new TensorType(other, shape);
    }

    /** The type with its open sizes replaced by {@code batch}. */
    public TensorType bind(long batch) {
        return shape.isOpen() ? new TensorType(dtype, shape.bind(batch)) : this;
    }

    /** For example {@code float32 (2, 5)}. */
    @Override
    public String toString() {
        return dtype + " " + shape;
    }
}
