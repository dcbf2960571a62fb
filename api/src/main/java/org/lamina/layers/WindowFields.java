package org.lamina.layers;

import java.util.List;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;

/** Checks of the fields that say how windows slide. */
final class WindowFields {
    /** Keeps products of two within a long. */
    private static final long MOST = Integer.MAX_VALUE;

    private static final String EACH = ", one for each spatial axis";

    private WindowFields() {}

    static void requirePositive(String layer, String field, int rank, List<Long> values) {
        if (values.size() != rank || values.stream().anyMatch(value -> value < 1 || value > MOST)) {
            throw refused(layer, field, values, counted(rank, "number") + " from 1 to " + MOST + EACH);
        }
    }

    static void requirePairs(String layer, String field, int rank, List<List<Long>> pairs) {
        if (pairs.size() != rank
                || pairs.stream()
                        .anyMatch(pair -> pair.size() != 2 || !isWidth(pair.get(0)) || !isWidth(pair.get(1)))) {
            String wanted = counted(rank, "pair") + " (before, after) of numbers from 0 to " + MOST + EACH;
            throw refused(layer, field, pairs, wanted);
        }
    }

    private static boolean isWidth(long value) {
        return value >= 0 && value <= MOST;
    }

    private static String counted(int count, String thing) {
        return count + " " + thing + (count == 1 ? "" : "s");
    }

    static LaminaException refused(String layer, String field, Object value, String wanted) {
        return new LaminaException(
                ErrorCode.CONFIGURATION,
                layer + ": " + field + " is " + value + "; it must be " + wanted + ". Change it there.");
    }
}
