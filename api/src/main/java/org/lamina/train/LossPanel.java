package org.lamina.train;

import java.util.Locale;
import java.util.function.DoubleFunction;

/**
 * Axes of a chart and curves upon them, as SVG. Values that are not finite leave gaps.
 *
 * @param top the height at which it begins, in pixels
 * @param bottom the height at which it ends
 * @param low the value at the bottom
 * @param high the value at the top
 * @param steps how many steps the axis below has room for
 */
record LossPanel(int top, int bottom, double low, double high, int steps) {
    static final int WIDTH = 720;
    static final int LEFT = 64;
    static final int RIGHT = 120;
    private static final int INTERVALS = 4;

    private double x(double step) {
        return LEFT + (WIDTH - LEFT - RIGHT) * step / (steps - 1);
    }

    private double y(double value) {
        return bottom - (bottom - top) * (value - low) / (high - low);
    }

    /** Lines and numbers of both axes. */
    String axes(String title, DoubleFunction<String> number) {
        StringBuilder svg = new StringBuilder();
        for (int i = 0; i <= INTERVALS; i++) {
            double value = low + (high - low) * i / INTERVALS;
            int step = (int) Math.round((steps - 1) * i / (double) INTERVALS);
            line(svg, "<path class=\"grid\" d=\"M%d %.1f H%d\"/>", LEFT, y(value), WIDTH - RIGHT);
            line(
                    svg,
                    "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
                    LEFT - 8,
                    y(value) + 4,
                    number.apply(value));
            line(svg, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%d</text>", x(step), bottom + 18, step);
        }
        line(svg, "<text x=\"%d\" y=\"%d\">%s</text>", LEFT, top - 16, title);
        line(svg, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">step</text>", WIDTH - RIGHT, bottom + 36);
        return svg.toString();
    }

    /** The region between two curves. */
    String region(double[] least, double[] greatest) {
        StringBuilder points = new StringBuilder();
        for (int step = 0; step < least.length; step++) {
            point(points, "", step, least[step]);
        }
        for (int step = greatest.length - 1; step >= 0; step--) {
            point(points, "", step, greatest[step]);
        }
        return "<polygon class=\"band\" points=\"" + points.toString().trim() + "\"/>\n";
    }

    /** The data of a path; what leaves the panel is drawn at its edge. */
    String path(double[] values) {
        StringBuilder path = new StringBuilder();
        for (int step = 0; step < values.length; step++) {
            boolean starts = step == 0 || !Double.isFinite(values[step - 1]);
            point(path, starts ? "M" : "L", step, values[step]);
        }
        return path.toString().trim();
    }

    private void point(StringBuilder path, String command, int step, double value) {
        if (Double.isFinite(value)) {
            double inside = Math.max(low, Math.min(high, value));
            path.append(String.format(Locale.ROOT, "%s%.1f,%.2f ", command, x(step), y(inside)));
        }
    }

    private static void line(StringBuilder svg, String format, Object... arguments) {
        svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }
}
