package org.lamina;

import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The floating dtype that a model works in, where none is named: that of the float inputs, to which weights are cast. If all inputs
 * are integers, that of the weights, else that of the outputs' cotangents or targets, else float32. A graph of a framework's has a
 * width of its own, which stands in for that of the weights. So no number is rounded because another one is an integer.
 */
public final class Width {
    private Width() {}

    /**
     * The width of work on some inputs.
     *
     * @param inputs their dtypes
     * @param weights the dtypes of the weights that there are; none where they are drawn
     * @param wanted the dtypes of what is given for the outputs, cotangents or targets
     * @throws LaminaException DTYPE if those that decide are of both widths
     */
    public static DType of(Collection<DType> inputs, Collection<DType> weights, Collection<DType> wanted) {
        Arguments.require(weights, "Width.of", "weights");
        Arguments.require(wanted, "Width.of", "wanted");
        return among("its inputs", inputs)
                .or(() -> among("its inputs are integers, and its weights", weights))
                .or(() -> among("its inputs are integers, and what is given for its outputs", wanted))
                .orElse(DType.FLOAT32);
    }

    /** The width of weights, which a model of them has; that of the inputs if there are none. See {@link #of}. */
    public static DType ofWeights(Collection<HostArray> weights, List<TensorType> inputs) {
        Arguments.requireAll(inputs, "Width.ofWeights", "inputs");
        return among("its weights", dtypes(weights))
                .orElseGet(() -> of(inputs.stream().map(TensorType::dtype).toList(), List.of(), List.of()));
    }

    /** The dtypes of arrays. */
    public static List<DType> dtypes(Collection<HostArray> arrays) {
        return Arguments.require(arrays, "Width.dtypes", "arrays").stream()
                .map(HostArray::dtype)
                .toList();
    }

    /** The floating ones of some dtypes. */
    public static Set<DType> floating(Collection<DType> dtypes) {
        Set<DType> widths = EnumSet.noneOf(DType.class);
        Arguments.require(dtypes, "Width.floating", "dtypes").stream()
                .filter(DType::isFloating)
                .forEach(widths::add);
        return widths;
    }

    /**
     * The one width that is among some dtypes.
     *
     * @param what they are of, as a message begins
     * @return none if no dtype is floating
     * @throws LaminaException DTYPE if both are among them
     */
    public static Optional<DType> among(String what, Collection<DType> dtypes) {
        Arguments.require(what, "Width.among", "what");
        Set<DType> widths = floating(Arguments.require(dtypes, "Width.among", "dtypes"));
        if (widths.size() > 1) {
            throw new LaminaException(
                    ErrorCode.DTYPE,
                    what
                            + " are both float32 and float64, and the work is done in one of them. Cast them to one, or name "
                            + "the dtype.");
        }
        return widths.stream().findFirst();
    }

    /**
     * A number, which a dtype holds but for rounding.
     *
     * @param what it is, as a message begins
     * @throws LaminaException DTYPE if it would become infinite, or is no integer of an integer dtype
     */
    public static double held(double value, DType dtype, String what) {
        Arguments.require(dtype, "Width.held", "dtype");
        Arguments.require(what, "Width.held", "what");
        if (!dtype.holds(value)) {
            throw new LaminaException(
                    ErrorCode.DTYPE,
                    what + ": " + value + " is no " + dtype
                            + ", and what it would become there hides that. Give a number that it holds, or use a wider dtype.");
        }
        return value;
    }

    /**
     * An array of floats in another width; of other dtypes as it is.
     *
     * @param what it is, as a message begins
     * @throws LaminaException DTYPE if a number in it would become infinite
     */
    public static HostArray cast(HostArray array, DType width, String what) {
        Arguments.require(array, "Width.cast", "array");
        Arguments.require(width, "Width.cast", "width");
        Arguments.require(what, "Width.cast", "what");
        if (!array.dtype().isFloating()) {
            return array;
        }
        if (width == DType.FLOAT32 && array.dtype() == DType.FLOAT64) {
            for (int i = 0; i < array.size(); i++) {
                held(array.doubleAt(i), width, what);
            }
        }
        return array.cast(width);
    }
}
