package org.lamina.conformance.report;

import java.util.Locale;

/** Numbers as a report writes them. */
public final class Figures {
    private static final double MANY = 100;
    private static final double HUGE = 1e5;

    /** An error of what is 0 in theory, so that it has no last place. */
    private static final String ZERO = "\u2248 0";

    private Figures() {}

    /** An error in units in the last place; {@code wrong} if no number tells it. */
    public static String ulps(double ulps) {
        if (Double.isInfinite(ulps)) {
            return "wrong";
        }
        if (ulps >= HUGE) {
            return String.format(Locale.ROOT, "%.0e", ulps).replace("e+", "e");
        }
        return String.format(Locale.ROOT, ulps < MANY ? "%.2f" : "%.0f", ulps);
    }

    /** An error of some units of the tolerance in units in the last place: none where everything is 0 in theory. */
    static String ulps(double units, double ulps) {
        return units > 0 && ulps == 0 ? ZERO : ulps(ulps);
    }

    /** A share of the tolerance. */
    static String percent(double units) {
        if (units == 0) {
            return "exact";
        }
        if (units > MANY) {
            return "beyond";
        }
        return units < 0.01 ? "<1 %" : String.format(Locale.ROOT, "%.0f %%", 100 * units);
    }

    /** A share of the tolerance in words. */
    static String share(double units) {
        if (units == 0) {
            return "no error";
        }
        return units > MANY ? "beyond any tolerance" : percent(units) + " of the tolerance";
    }

    static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }
}
