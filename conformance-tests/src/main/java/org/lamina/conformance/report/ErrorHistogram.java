package org.lamina.conformance.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How the errors on one backend are spread over the tolerance, drawn with heights by the logarithm of the counts.
 *
 * @param backend its name
 * @param bars what has no error at all, ten of a tenth of the tolerance each, then what is beyond it
 * @param worst the greatest error in units of the tolerance
 */
record ErrorHistogram(String backend, List<Bar> bars, double worst) {
    private static final int TENTHS = 10;
    /** How many tenths of the tolerance a good algorithm takes at most. */
    private static final int GOOD = 8;

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

    /** One for each backend. */
    static List<ErrorHistogram> all(ConformanceReport report) {
        return report.setting().backends().stream()
                .map(backend -> of(backend.name(), report.checks()))
                .toList();
    }

    private static ErrorHistogram of(String backend, List<Check> checks) {
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
        double worst = checks.stream()
                .filter(check -> check.place().backend().equals(backend) && check.measured())
                .mapToDouble(Check::units)
                .max()
                .orElse(0);
        return new ErrorHistogram(backend, List.copyOf(bars), worst);
    }

    /** The worst error, as a share of the tolerance. */
    String share() {
        return Figures.share(worst);
    }

    /** Where the share ends that a good algorithm may take. */
    int mark() {
        return (GOOD + 1) * STEP + GAP - (STEP - WIDTH) / 2;
    }

    private static int gaps(int bin) {
        return (bin > 0 ? GAP : 0) + (bin > TENTHS ? GAP : 0);
    }

    private static int bin(Check check) {
        if (!check.passed() || check.units() > 1) {
            return TENTHS + 1;
        }
        return check.units() == 0 ? 0 : 1 + (int) Math.min(TENTHS - 1, check.units() * TENTHS);
    }

    /** What the bars count, from left to right. */
    static List<String> labels() {
        return IntStream.range(0, TENTHS + 2).mapToObj(ErrorHistogram::label).toList();
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
