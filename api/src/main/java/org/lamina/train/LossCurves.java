package org.lamina.train;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The losses of training runs, as text for programs and a chart for people. */
public final class LossCurves {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 400;
    private static final int MARGIN = 56;
    private static final List<String> COLORS = List.of("#4e79a7", "#f28e2b", "#59a14f", "#e15759", "#b07aa1");

    private LossCurves() {}

    /** One run as CSV: {@code step,loss}, steps from 0, the loss before each step in full precision. */
    public static String csv(double[] losses) {
        StringBuilder text = new StringBuilder("step,loss\n");
        for (int step = 0; step < losses.length; step++) {
            text.append(step).append(',').append(losses[step]).append('\n');
        }
        return text.toString();
    }

    /** Runs by name as one chart, an SVG without any reference outside, readable on light and dark ground. */
    public static String svg(Map<String, double[]> runs) {
        double most = runs.values().stream()
                .flatMapToDouble(Arrays::stream)
                .filter(Double::isFinite)
                .max()
                .orElse(1);
        int steps =
                runs.values().stream().mapToInt(losses -> losses.length).max().orElse(1);
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">%n"
                        + "<style>text{fill:#333}line{stroke:#999}@media(prefers-color-scheme:dark){text{fill:#ddd}}</style>%n",
                WIDTH,
                HEIGHT));
        axes(svg, most, steps);
        int index = 0;
        for (Map.Entry<String, double[]> run : runs.entrySet()) {
            curve(svg, run.getKey(), run.getValue(), most, steps, index++);
        }
        return svg.append("</svg>\n").toString();
    }

    private static double x(int step, int steps) {
        return MARGIN + (WIDTH - 2.0 * MARGIN) * step / Math.max(1, steps - 1);
    }

    private static double y(double loss, double most) {
        return HEIGHT - MARGIN - (HEIGHT - 2.0 * MARGIN) * loss / (most > 0 ? most : 1);
    }

    private static void axes(StringBuilder svg, double most, int steps) {
        for (int i = 0; i <= 4; i++) {
            double loss = most * i / 4;
            svg.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke-width=\"0.5\"/><text x=\"%d\" y=\"%.1f\" "
                            + "text-anchor=\"end\">%.3g</text>%n",
                    MARGIN,
                    WIDTH - MARGIN,
                    y(loss, most),
                    y(loss, most),
                    MARGIN - 6,
                    y(loss, most) + 4,
                    loss));
        }
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%d\">step 0</text><text x=\"%d\" y=\"%d\" text-anchor=\"end\">step %d</text>"
                        + "<text x=\"%d\" y=\"20\">loss</text>%n",
                MARGIN,
                HEIGHT - MARGIN + 18,
                WIDTH - MARGIN,
                HEIGHT - MARGIN + 18,
                steps - 1,
                MARGIN));
    }

    private static void curve(StringBuilder svg, String name, double[] losses, double most, int steps, int index) {
        String color = COLORS.get(index % COLORS.size());
        StringBuilder points = new StringBuilder();
        for (int step = 0; step < losses.length; step++) {
            if (Double.isFinite(losses[step])) {
                points.append(String.format(Locale.ROOT, "%.1f,%.2f ", x(step, steps), y(losses[step], most)));
            }
        }
        // Curves that agree lie on each other: each is dashed so that those below it show.
        svg.append(String.format(
                Locale.ROOT,
                "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" stroke-dasharray=\"6 %d\" stroke-dashoffset=\"%d\" "
                        + "points=\"%s\"/><text x=\"%d\" y=\"%d\" text-anchor=\"end\" style=\"fill:%s\">%s</text>%n",
                color,
                index == 0 ? 0 : 6 * index,
                6 * index,
                points.toString().trim(),
                WIDTH - MARGIN,
                20 + 16 * index,
                color,
                name));
    }
}
