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
    INDEPENDENT_ROWS("7.7");

    private final String rule;

    LayerCheck(String rule) {
        this.rule = rule;
    }

    /** The rule of SPEC.md that it checks. */
    public String rule() {
        return rule;
    }

    /** The name as a report writes it: {@code other batch}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
