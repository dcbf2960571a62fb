package org.lamina.conformance;

import java.util.Locale;
import org.lamina.Generator;
import org.lamina.HostArray;
import org.lamina.TensorType;

/** Kinds of terms: what is easy for a bad order of additions, and what is hard. */
enum SumData {
    /** All 1.1, whose sums round the same way again and again. */
    CONSTANT,
    /** From U[0, 1). */
    UNIFORM,
    /** 1000 + U[0, 1). */
    SHIFTED,
    /** From N(0, 1), so that magnitudes of sums are about the root of n. */
    NORMAL,
    /** Pairs that cancel but for a thousandth. */
    CANCELLING;

    HostArray of(TensorType type, long seed) {
        Generator generator = Generator.of(seed);
        return HostArray.generate(type, i -> switch (this) {
            case CONSTANT -> 1.1;
            case UNIFORM -> generator.uniform(i);
            case SHIFTED -> 1000 + generator.uniform(i);
            case NORMAL -> generator.normal(i);
            case CANCELLING ->
                (i % 2 == 0 ? 1 : -1) * (1 + 1e-3 * generator.uniform(i)) * (1 + 0.5 * Math.sin(i - i % 2));
        });
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
