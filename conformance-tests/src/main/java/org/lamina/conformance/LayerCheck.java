package org.lamina.conformance;

import java.util.Locale;

/** What is checked of a layer on a backend. */
public enum LayerCheck {
    /** The outputs lie within the derived tolerance of the oracle's. */
    FORWARD("7.1"),
    /** The gradients by inputs and declared values lie within the derived tolerance of the oracle's. */
    GRADIENT("7.2"),
    /** The oracle's gradient is the slope that finite differences of the oracle's outputs give. */
    SLOPE("7.3"),
    /** The same model gives right outputs for a batch of another size. */
    OTHER_BATCH("7.4"),
    /** A copy of the model gives equal outputs, to the last bit. */
    CLONE("7.5"),
    /** A model made of the saved and loaded weights gives equal outputs, to the last bit. */
    SAVE_LOAD("7.6"),
    /** A row of the output does not change, to the last bit, when other rows of the input do. */
    INDEPENDENT_ROWS("7.7"),
    /** A batch in two pieces gives the outputs of the whole, within the derived tolerance. */
    CUT_BATCH("7.10"),
    /** Rows in another order give outputs in that order, within the derived tolerance. */
    PERMUTED_ROWS("7.11"),
    /** Inputs times a power of two give outputs times a power of two, to the last bit, where the layer's ops say so. */
    SCALING("7.13");

    private final String rule;

    LayerCheck(String rule) {
        this.rule = rule;
    }

    /** The rule of SPEC.md that it checks. */
    public String rule() {
        return rule;
    }

    /** True if it measures an error in units of the derived tolerance; the others compare bits, or know no bound. */
    public boolean measures() {
        return switch (this) {
            case FORWARD, GRADIENT, OTHER_BATCH, CUT_BATCH, PERMUTED_ROWS -> true;
            case SLOPE, CLONE, SAVE_LOAD, INDEPENDENT_ROWS, SCALING -> false;
        };
    }

    /** The name as a report writes it: {@code other batch}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
