package org.lamina.conformance.report;

import java.util.Locale;
import org.lamina.conformance.LayerCheck;

/** What the cells of a column have in common. */
public enum Column {
    /** Outputs, against the oracle's. */
    FORWARD,
    /** Lamina's derivatives, against the oracle's. */
    DERIVATIVE,
    /** A batch of another size, cut in two or in another order, rows that do not see each other. */
    BATCH,
    /** A copy, and weights that went through a file. */
    SAVE_LOAD,
    /** The derivative itself, by finite differences; it needs no backend. */
    SLOPE;

    static Column of(LayerCheck check) {
        return switch (check) {
            case FORWARD, SCALING -> FORWARD;
            case GRADIENT -> DERIVATIVE;
            case OTHER_BATCH, INDEPENDENT_ROWS, CUT_BATCH, PERMUTED_ROWS -> BATCH;
            case CLONE, SAVE_LOAD -> SAVE_LOAD;
            case SLOPE -> SLOPE;
        };
    }

    /** The name as a report writes it: {@code save/load}. */
    @Override
    public String toString() {
        return this == SLOPE
                ? "finite differences"
                : name().toLowerCase(Locale.ROOT).replace('_', '/');
    }
}
