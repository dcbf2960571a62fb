package org.lamina.train;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/** Loss curves drawn as SVG. Losses that are not finite leave gaps. */
final class LossChart {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 400;
    private static final int LEFT = 64;
    private static final int RIGHT = 120;
    private static final int TOP = 40;
    private static final int BOTTOM = 44;
    private static final List<String> COLORS =
            List.of("#4878cf", "#e08214", "#2f9e5f", "#d6455d", "#9467bd", "#8c8c8c");
    /** Of this picture alone, as it may stand in a page of others. */
    private static final String STYLE = """
            <style>
            .losses text { font: 12px sans-serif; fill: #333; }
            .losses .grid { stroke: #bbb; stroke-width: 0.5; }
            .losses .curve { fill: none; stroke-width: 1.8; }
            .losses .band { fill: #888; fill-opacity: 0.3; }
            @media screen and (prefers-color-scheme: dark) { .losses text { fill: #ddd; } .losses .grid { stroke: #666; } }
            </style>
            """;

    private final StringBuilder svg = new StringBuilder();
    private final double most;
    private final int steps;

    private LossChart(Map<String, double[]> runs, LossCurves.@Nullable Band band) {
        DoubleStream highest = band == null ? DoubleStream.empty() : Arrays.stream(band.high());
        double greatest = DoubleStream.concat(highest, runs.values().stream().flatMapToDouble(Arrays::stream))
                .filter(Double::isFinite)
                .max()
                .orElse(1);
        this.most = niceAbove(greatest);
        this.steps = Math.max(
                2,
                runs.values().stream().mapToInt(losses -> losses.length).max().orElse(0));
    }

    static String svg(Map<String, double[]> runs, LossCurves.@Nullable Band band) {
        LossChart chart = new LossChart(runs, band);
        chart.line(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"losses\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"losses\">",
                WIDTH, HEIGHT);
        chart.svg.append(STYLE);
        chart.axes();
        if (band != null) {
            chart.band(band, runs.size());
        }
        int index = 0;
        for (Map.Entry<String, double[]> run : runs.entrySet()) {
            chart.curve(run.getKey(), run.getValue(), index++, runs.size());
        }
        return chart.svg.append("</svg>\n").toString();
    }

    /** The least of 1, 2, 2.5 and 5 times a power of ten that is not below a value, so that the axis has round numbers. */
    static double niceAbove(double value) {
        if (!(value > 0)) {
            return 1;
        }
        double power = Math.pow(10, Math.floor(Math.log10(value)));
        return DoubleStream.of(1, 2, 2.5, 5, 10)
                .map(factor -> factor * power)
                .filter(round -> round >= value)
                .findFirst()
                .orElse(value);
    }

    private void line(String format, Object... arguments) {
        svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }

    private double x(double step) {
        return LEFT + (WIDTH - LEFT - RIGHT) * step / (steps - 1);
    }

    private double y(double loss) {
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * loss / most;
    }

    private void axes() {
        for (int i = 0; i <= 4; i++) {
            double loss = most * i / 4;
            line("<path class=\"grid\" d=\"M%d %.1f H%d\"/>", LEFT, y(loss), WIDTH - RIGHT);
            line("<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>", LEFT - 8, y(loss) + 4, number(loss));
            int step = (int) Math.round((steps - 1) * i / 4.0);
            line("<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%d</text>", x(step), HEIGHT - BOTTOM + 18, step);
        }
        line("<text x=\"%d\" y=\"%d\">loss</text>", LEFT, TOP - 16);
        line("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">step</text>", WIDTH - RIGHT, HEIGHT - 8);
    }

    private static String number(double value) {
        return value == 0 ? "0" : String.format(Locale.ROOT, "%.3g", value);
    }

    private void band(LossCurves.Band band, int place) {
        StringBuilder points = new StringBuilder();
        for (int step = 0; step < band.low().length; step++) {
            point(points, "", step, band.low()[step]);
        }
        for (int step = band.high().length - 1; step >= 0; step--) {
            point(points, "", step, band.high()[step]);
        }
        line("<polygon class=\"band\" points=\"%s\"/>", points.toString().trim());
        int y = TOP + 18 * place;
        line("<rect class=\"band\" x=\"%d\" y=\"%d\" width=\"16\" height=\"8\"/>", WIDTH - RIGHT + 14, y - 4);
        line("<text x=\"%d\" y=\"%d\">tolerance</text>", WIDTH - RIGHT + 36, y + 4);
    }

    /** Curves that agree lie on each other; each but the first is dashed, so that those below it show. */
    private void curve(String name, double[] losses, int index, int count) {
        StringBuilder path = new StringBuilder();
        for (int step = 0; step < losses.length; step++) {
            boolean starts = step == 0 || !Double.isFinite(losses[step - 1]);
            point(path, starts ? "M" : "L", step, losses[step]);
        }
        String dash = index == 0
                ? ""
                : String.format(
                        Locale.ROOT, " stroke-dasharray=\"8 %d\" stroke-dashoffset=\"%d\"", 8 * (count - 1), 8 * index);
        String color = COLORS.get(index % COLORS.size());
        line(
                "<path class=\"curve\" stroke=\"%s\"%s d=\"%s\"/>",
                color, dash, path.toString().trim());
        int place = TOP + 18 * index;
        line("<path class=\"curve\" stroke=\"%s\" d=\"M%d %d h16\"/>", color, WIDTH - RIGHT + 14, place);
        line("<text x=\"%d\" y=\"%d\">%s</text>", WIDTH - RIGHT + 36, place + 4, escaped(name));
    }

    private void point(StringBuilder path, String command, int step, double loss) {
        if (Double.isFinite(loss)) {
            path.append(String.format(Locale.ROOT, "%s%.1f,%.2f ", command, x(step), y(loss)));
        }
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
