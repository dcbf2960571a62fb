package org.lamina.train;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lamina.Arguments;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.io.AtomicWrite;

/** The losses of training runs, as files for programs and for people; each is written whole or not at all. */
public final class LossCurves {
    /**
     * Where the losses of a correct run may lie, to be drawn behind the curves.
     *
     * @param low the least of each step
     * @param high the greatest of each step
     */
    @SuppressWarnings("ArrayRecordComponent") // only ever read, as the losses beside it
    public record Band(double[] low, double[] high) {
        /** Checks the lengths. */
        public Band {
            Arguments.require(low, "LossCurves.Band", "low");
            Arguments.require(high, "LossCurves.Band", "high");
            if (low.length != high.length) {
                throw new LaminaException(
                        ErrorCode.SHAPE,
                        "band: it has " + low.length + " least values and " + high.length
                                + " greatest; they must be equal in number. Give one of each for each step.");
            }
        }
    }

    private LossCurves() {}

    /** One run as CSV text: {@code step,loss}, steps from 0, the loss before each step in full precision. */
    public static String csv(double[] losses) {
        Arguments.require(losses, "LossCurves.csv", "losses");
        StringBuilder text = new StringBuilder("step,loss\n");
        for (int step = 0; step < losses.length; step++) {
            text.append(step).append(',').append(losses[step]).append('\n');
        }
        return text.toString();
    }

    /**
     * Runs by name as the text of one chart, an SVG without any reference outside, readable on light and dark ground.
     *
     * @param band drawn behind the curves, if one is given; below, each curve's distance from the middle of the band is drawn
     *     with half of its width as the unit, since a band of float32 is too narrow to be seen
     */
    public static String svg(Map<String, double[]> runs, @Nullable Band band) {
        Arguments.requireAll(runs, "LossCurves.svg", "runs");
        return LossChart.svg(runs, band);
    }

    /** Writes {@link #csv}. */
    public static void writeCsv(Path file, double[] losses) {
        Arguments.require(file, "LossCurves.writeCsv", "file");
        Arguments.require(losses, "LossCurves.writeCsv", "losses");
        write(file, csv(losses));
    }

    /** Writes {@link #svg} without a band. */
    public static void writeSvg(Path file, Map<String, double[]> runs) {
        Arguments.require(file, "LossCurves.writeSvg", "file");
        Arguments.requireAll(runs, "LossCurves.writeSvg", "runs");
        writeSvg(file, runs, null);
    }

    /** Writes {@link #svg}. */
    public static void writeSvg(Path file, Map<String, double[]> runs, @Nullable Band band) {
        Arguments.require(file, "LossCurves.writeSvg", "file");
        Arguments.requireAll(runs, "LossCurves.writeSvg", "runs");
        write(file, svg(runs, band));
    }

    private static void write(Path file, String text) {
        AtomicWrite.file(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }
}
