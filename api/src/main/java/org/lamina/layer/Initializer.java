package org.lamina.layer;

import org.lamina.Arguments;
import org.lamina.ErrorCode;
import org.lamina.Generator;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.Width;

/**
 * What a parameter starts with. Values are drawn in float64 by Lamina's own generator, then rounded to the dtype, so they are
 * the same bits on every backend; a user's own initializer is a lambda.
 */
@FunctionalInterface
public interface Initializer {
    /**
     * Draws the values.
     *
     * @param type the parameter's dtype and shape
     * @param generator its own, made of the seed and the parameter's path
     * @return an array of that type
     */
    HostArray initialize(TensorType type, Generator generator);

    /** Every element {@code value}. @throws LaminaException DTYPE when used for a dtype that does not hold it */
    static Initializer constant(double value) {
        return (type, generator) -> HostArray.full(type, value);
    }

    /** Every element 0. */
    static Initializer zeros() {
        return constant(0);
    }

    /** Every element 1. */
    static Initializer ones() {
        return constant(1);
    }

    /**
     * The given values, whatever the seed.
     *
     * @throws LaminaException when used for another shape, or for float32 with a number that it does not hold
     */
    static Initializer of(HostArray values) {
        Arguments.require(values, "Initializer.of", "values");
        return (type, generator) -> {
            if (!type.shape().equals(values.shape())) {
                throw new LaminaException(
                        ErrorCode.SHAPE,
                        "initializer" + ": the values are " + values.shape() + " and the parameter is " + type.shape()
                                + "; they must be equal. Give values of the parameter's shape.");
            }
            return Width.cast(values, type.dtype(), "initializer").cast(type.dtype());
        };
    }

    /**
     * Elements from the uniform distribution on [low, high): low + (high - low) u, which may be rounded to high itself.
     *
     * @throws LaminaException RANGE if low is above high or their difference is not finite
     */
    static Initializer uniform(double low, double high) {
        if (!(low <= high && high - low < Double.POSITIVE_INFINITY)) {
            throw new LaminaException(
                    ErrorCode.RANGE,
                    "initializer" + ": uniform from " + low + " to " + high
                            + " is no interval; there are no values to draw. Give two finite numbers, the lesser first.");
        }
        return (type, generator) -> HostArray.generate(
                type, i -> Width.held(low + (high - low) * generator.uniform(i), type.dtype(), "initializer"));
    }

    /**
     * Elements from the normal distribution: mean + deviation z.
     *
     * @throws LaminaException RANGE if one of them is not finite or the deviation is negative
     */
    static Initializer normal(double mean, double deviation) {
        if (!(Math.abs(mean) < Double.POSITIVE_INFINITY && deviation >= 0 && deviation < Double.POSITIVE_INFINITY)) {
            throw new LaminaException(
                    ErrorCode.RANGE,
                    "initializer" + ": normal with mean " + mean + " and deviation " + deviation
                            + " is no distribution; there are no values to draw. Give finite numbers, and a deviation of 0 or more.");
        }
        return (type, generator) -> HostArray.generate(
                type, i -> Width.held(mean + deviation * generator.normal(i), type.dtype(), "initializer"));
    }

    /**
     * Glorot and Bengio (2010), also called Xavier: uniform on (-a, a), a = sqrt(6 / (fanIn + fanOut)). Fans as in
     * {@link #fanIn} and {@link #fanOut}.
     */
    static Initializer glorotUniform() {
        return (type, generator) -> {
            double bound = Math.sqrt(6 / (fanIn(type.shape()) + fanOut(type.shape())));
            return uniform(-bound, bound).initialize(type, generator);
        };
    }

    /** Glorot and Bengio (2010): normal with deviation sqrt(2 / (fanIn + fanOut)). */
    static Initializer glorotNormal() {
        return (type, generator) -> normal(0, Math.sqrt(2 / (fanIn(type.shape()) + fanOut(type.shape()))))
                .initialize(type, generator);
    }

    /** He et al. (2015), also called Kaiming, for ReLU: uniform on (-a, a), a = sqrt(6 / fanIn). */
    static Initializer heUniform() {
        return (type, generator) -> {
            double bound = Math.sqrt(6 / fanIn(type.shape()));
            return uniform(-bound, bound).initialize(type, generator);
        };
    }

    /** He et al. (2015) for ReLU: normal with deviation sqrt(2 / fanIn). */
    static Initializer heNormal() {
        return (type, generator) ->
                normal(0, Math.sqrt(2 / fanIn(type.shape()))).initialize(type, generator);
    }

    /**
     * The inputs that one output adds up: of a matrix (in, out) the first size; of a convolution kernel (out, in, k...) in times
     * the kernel's size; of a vector its size.
     */
    static double fanIn(Shape shape) {
        Arguments.require(shape, "Initializer.fanIn", "shape");
        return switch (shape.rank()) {
            case 0 -> 1;
            case 1, 2 -> shape.dim(0);
            default -> (double) shape.slice(1, shape.rank()).size();
        };
    }

    /** The outputs that one input goes to: of a matrix (in, out) the last size; of a kernel out times the kernel's size. */
    static double fanOut(Shape shape) {
        Arguments.require(shape, "Initializer.fanOut", "shape");
        return switch (shape.rank()) {
            case 0 -> 1;
            case 1, 2 -> shape.dim(-1);
            default -> (double) (shape.dim(0) * shape.slice(2, shape.rank()).size());
        };
    }
}
