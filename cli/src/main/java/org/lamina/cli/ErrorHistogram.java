package org.lamina.cli;

import java.util.ArrayList;
import java.util.List;
import org.lamina.conformance.LayerCheck;
import org.lamina.conformance.LayerResult;

/**
 * How the errors of one backend are spread over the tolerance.
 *
 * @param backend its name
 * @param bars ten of a tenth of the tolerance each, then what is beyond it
 */
record ErrorHistogram(String backend, List<Bar> bars) {
    private static final int TENTHS = 10;
    private static final int STEP = 24;
    private static final int TALLEST = 80;
    private static final int FLOOR = 100;

    /** A bar in the units of the picture, with what it counts. */
    record Bar(int x, int y, int height, long count, String label, boolean beyond) {}

    static ErrorHistogram of(String backend, List<LayerResult> results) {
        long[] counts = new long[TENTHS + 1];
        results.stream()
                .filter(result -> result.backend().equals(backend) && measured(result.check()))
                .forEach(result -> counts[bin(result)]++);
        long most = 1;
        for (long count : counts) {
            most = Math.max(most, count);
        }
        List<Bar> bars = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            int height = (int) Math.ceil((double) TALLEST * counts[i] / most);
            String label = i == TENTHS ? "beyond" : i * TENTHS + " to " + (i + 1) * TENTHS + " %";
            bars.add(new Bar(i * STEP, FLOOR - height, height, counts[i], label, i == TENTHS));
        }
        return new ErrorHistogram(backend, List.copyOf(bars));
    }

    /** The other checks compare bits. */
    private static boolean measured(LayerCheck check) {
        return check == LayerCheck.FORWARD
                || check == LayerCheck.GRADIENT
                || check == LayerCheck.SLOPE
                || check == LayerCheck.OTHER_BATCH;
    }

    private static int bin(LayerResult result) {
        return result.passed() ? (int) Math.min(TENTHS - 1, result.units() * TENTHS) : TENTHS;
    }
}
