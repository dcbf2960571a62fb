package org.lamina.conformance;

import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.lamina.DType;
import org.lamina.Generator;
import org.lamina.HostArray;
import org.lamina.TensorType;

/**
 * What the floating inputs of a check are made of; integers stay as they are. Values of random sign hide the order in which a
 * kernel adds, as its errors cancel; equal ones show it, as each partial sum rounds the same way.
 */
public enum InputKind {
    /** The arrays that were given, as they are. */
    GIVEN("the given inputs"),
    /** Values from N(0, 1), as are the cotangents. */
    NORMAL("inputs from N(0, 1)"),
    /** Values from U[0, 1), as are the cotangents. */
    UNIFORM("inputs from U[0, 1)"),
    /** 1.1 everywhere, which is no binary number of any width; the cotangents too. Weights stay as they are drawn. */
    CONSTANT("inputs of 1.1 alone"),
    /** Values from 1000 + U[0, 1): what is left where a mean is taken away lies in few of their bits. */
    SHIFTED("inputs from 1000 + U[0, 1)"),
    /**
     * Values from N(0, 1), with zeros of both signs, numbers that are subnormal in float32, tiny and large ones among them. The
     * large ones are so small that products of three are finite in float32: where a sum overflows depends on its order, and no
     * rule of SPEC.md says it.
     */
    SPECIAL("inputs with zeros, tiny and large numbers"),
    /**
     * Values from N(0, 1) but for one NaN, one infinity of each sign, and only where an input has that many elements: each op has
     * rules for them, and so has what is made of ops (12.3). No sum of such an input is a number, so that this kind says little
     * of a layer that puts rows together.
     */
    NOT_FINITE("inputs with NaN and infinities");

    /** Each but {@link #GIVEN}. */
    static final List<InputKind> ALL = List.of(NORMAL, UNIFORM, CONSTANT, SHIFTED, SPECIAL, NOT_FINITE);

    private static final double[] FINITE = {0.0, 1e6, -0.0, 1e-40, -1e-20, -1e12, 0x1p-126};
    private static final double[] INFINITE = {
        Double.POSITIVE_INFINITY, Double.NaN, Double.NEGATIVE_INFINITY,
    };
    private static final double VALUE = 1.1;
    private static final double SHIFT = 1000;
    /** Between special values of one input; a prime, so that they meet every position of a row. */
    private static final int STEP = 5;

    private final String text;

    InputKind(String text) {
        this.text = text;
    }

    /** An array of float64 of the same shape, or the same one if it holds integers or this is {@link #GIVEN}. */
    HostArray like(HostArray array, long seed) {
        if (this == GIVEN || !array.dtype().isFloating()) {
            return array;
        }
        TensorType type = array.type().with(DType.FLOAT64);
        return HostArray.generate(
                type, values(Generator.of(seed), Math.toIntExact(type.shape().size())));
    }

    private IntToDoubleFunction values(Generator generator, int size) {
        return switch (this) {
            case GIVEN, NORMAL -> generator::normal;
            case UNIFORM -> generator::uniform;
            case CONSTANT -> i -> VALUE;
            case SHIFTED -> i -> SHIFT + generator.uniform(i);
            case SPECIAL -> i -> mixed(FINITE, i, STEP, generator);
            case NOT_FINITE -> i -> mixed(INFINITE, i, spread(size), generator);
        };
    }

    /** So that each special value stands once. */
    private static int spread(int size) {
        return Math.max(STEP, size / INFINITE.length);
    }

    private static double mixed(double[] special, int index, int step, Generator generator) {
        return index % step == step / 2 ? special[index / step % special.length] : generator.normal(index);
    }

    /** Cotangents for inputs of this kind, of which sums round as those of the inputs do. */
    HostArray cotangent(TensorType type, Generator generator) {
        return switch (this) {
            case UNIFORM -> HostArray.generate(type, generator::uniform);
            case CONSTANT -> HostArray.full(type, VALUE);
            default -> HostArray.generate(type, generator::normal);
        };
    }

    /** For example {@code inputs from N(0, 1)}. */
    @Override
    public String toString() {
        return text;
    }
}
