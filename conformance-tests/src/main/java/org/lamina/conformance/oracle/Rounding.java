package org.lamina.conformance.oracle;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.lamina.DType;

/** How one evaluation of a graph rounds. For one thread. */
public final class Rounding {
    private static final Rounding NONE =
            new Rounding(new TrueArithmetic(DType.FLOAT32), new TrueArithmetic(DType.FLOAT64));
    private static final int MOST_LANES_LOG2 = 4;

    private final Map<DType, Arithmetic> arithmetic = new EnumMap<>(DType.class);

    private Rounding(Arithmetic float32, Arithmetic float64) {
        arithmetic.put(DType.FLOAT32, float32);
        arithmetic.put(DType.FLOAT64, float64);
    }

    /** The truth: float64 everywhere, float32 results not rounded, sums in about twice the precision of float64. */
    public static Rounding none() {
        return NONE;
    }

    /** Monte-Carlo arithmetic: random rounding to each op's own dtype; the same for the same seed. */
    public static Rounding random(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int lanes = 1 << random.nextInt(MOST_LANES_LOG2 + 1);
        return new Rounding(
                new RandomArithmetic(DType.FLOAT32, random, lanes), new RandomArithmetic(DType.FLOAT64, random, lanes));
    }

    Arithmetic of(DType floating) {
        return Objects.requireNonNull(arithmetic.get(floating), () -> floating + " has no rounding");
    }
}
