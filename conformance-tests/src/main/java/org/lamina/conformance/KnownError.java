package org.lamina.conformance;

import java.util.Set;
import org.lamina.DType;

/**
 * A kernel of a framework that adds long sums one term after another, for a reason that no adapter can mend at a sane cost. Its
 * sums have the bound of such a loop: in the formula of SPEC.md section 12 all terms are in one block.
 *
 * @param backend the backend's name
 * @param op the kind of the op that the kernel stands for
 * @param dtypes in which of them
 * @param terms from how many terms on; shorter sums are held to the bound of all
 * @param reason why the framework does it
 * @param link where that is known upstream, else the source that does it, or {@code none found}
 */
public record KnownError(String backend, String op, Set<DType> dtypes, long terms, String reason, String link) {
    /** Copies. @throws IllegalArgumentException if a good kernel is no better on so few terms */
    public KnownError {
        dtypes = Set.copyOf(dtypes);
        if (terms < 256) {
            throw new IllegalArgumentException(
                    op + " on " + backend + ": good kernels too add up " + terms + " terms one after another");
        }
    }
}
