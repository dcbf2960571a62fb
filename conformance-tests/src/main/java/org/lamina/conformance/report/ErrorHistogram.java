package org.lamina.conformance.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How the errors on one backend are spread over the tolerance, drawn with heights by the logarithm of the counts.
 *
 * @param backend its name
 * @param bars what has no error at all, ten of a tenth of the tolerance each, then what is beyond it
 */
record ErrorHistogram(String backend, List<Bar> bars) {
    private static final int TENTHS = 10;
    private static final int STEP = 30;
    private static final int WIDTH = 26;
    /** Between the tenths and the bars beside them. */
    private static final int GAP = 8;

    private static final int TALLEST = 110;
    private static final int FLOOR = 130;

    /** A bar in the units of the picture, with what it counts. */
    record Bar(int x, int y, int height, long count, String label, String look) {
        String formatted() {
            return Figures.count(count);
        }

        int middle() {
            return x + WIDTH / 2;
        }

        int above() {
            return y - 4;
        }
    }

    static ErrorHistogram of(String backend, List<Check> checks) {
        long[] counts = new long[TENTHS + 2];
        checks.stream()
                .filter(check -> check.place().backend().equals(backend) && check.measured())
                .forEach(check -> counts[bin(check)]++);
        double most = 1;
        for (long count : counts) {
            most = Math.max(most, Math.log1p((double) count));
        }
        List<Bar> bars = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            int height = (int) Math.ceil(TALLEST * Math.log1p((double) counts[i]) / most);
            bars.add(new Bar(i * STEP + gaps(i), FLOOR - height, height, counts[i], label(i), look(i)));
        }
        return new ErrorHistogram(backend, List.copyOf(bars));
    }

    private static int gaps(int bin) {
        return (bin > 0 ? GAP : 0) + (bin > TENTHS ? GAP : 0);
    }

    private static int bin(Check check) {
        if (!check.passed()) {
            return TENTHS + 1;
        }
        return check.units() == 0 ? 0 : 1 + (int) Math.min(TENTHS - 1, check.units() * TENTHS);
    }

    private static String label(int bin) {
        if (bin == 0) {
            return "no error";
        }
        return bin > TENTHS ? "beyond the tolerance" : (bin - 1) * TENTHS + " to " + bin * TENTHS + " %";
    }

    private static String look(int bin) {
        if (bin == 0) {
            return "none";
        }
        return bin > TENTHS ? "beyond" : "bar";
    }

    /** For who does not see the picture. */
    String description() {
        return "errors on " + backend + ": "
                + bars.stream()
                        .filter(bar -> bar.count() > 0)
                        .map(bar -> bar.label() + " " + bar.formatted())
                        .collect(Collectors.joining("; "));
    }
}
