package org.lamina.layers;

import org.lamina.ErrorCode;
import org.lamina.LaminaException;

/** Checks of what a layer is configured with. */
final class Configuration {
    private Configuration() {}

    static void requirePositive(String layer, String field, long value) {
        if (value < 1) {
            throw new LaminaException(
                    ErrorCode.CONFIGURATION,
                    layer + ": " + field + " is " + value + "; it must be at least 1. Give a positive size.");
        }
    }

    static void requireFinite(String layer, String field, double value) {
        if (!Double.isFinite(value)) {
            throw new LaminaException(
                    ErrorCode.CONFIGURATION,
                    layer + ": " + field + " is " + value + "; it must be finite. Give a number.");
        }
    }
}
