package org.lamina.cli;

import java.util.Locale;
import org.lamina.conformance.LayerCheck;

/** The columns of a conformance report under each backend, and the checks that each sums up. */
enum ReportColumn {
    FORWARD(LayerCheck.FORWARD, LayerCheck.FORWARD),
    DERIVATIVE(LayerCheck.GRADIENT, LayerCheck.SLOPE),
    BATCH(LayerCheck.OTHER_BATCH, LayerCheck.INDEPENDENT_ROWS),
    SAVE_LOAD(LayerCheck.CLONE, LayerCheck.SAVE_LOAD);

    private final LayerCheck one;
    private final LayerCheck other;

    ReportColumn(LayerCheck one, LayerCheck other) {
        this.one = one;
        this.other = other;
    }

    boolean holds(LayerCheck check) {
        return check == one || check == other;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '/');
    }
}
