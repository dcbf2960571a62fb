package org.lamina.train;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Loss curves drawn as SVG and, if there is a band where they may lie, how far each is from its middle. */
final class LossChart {
    private static final int TOP = 40;
    private static final int BOTTOM = 356;
    private static final int UNDERNEATH = 80;
    private static final int MARGIN = 44;
    /** How far the lower panel reaches: beyond the band, so that what leaves it shows. */
    private static final double REACH = 2;

    private static final List<String> COLORS =
            List.of("#4878cf", "#e08214", "#2f9e5f", "#d6455d", "#9467bd", "#8c8c8c");
    /** Of this picture alone, as it may stand in a page of others. */
    private static final String STYLE = """
            <style>
            .losses text { font: 12px sans-serif; fill: #333; }
            .losses .grid { stroke: #bbb; stroke-width: 0.5; }
            .losses .curve { fill: none; stroke-width: 1.8; }
            .losses .fine { stroke-width: 1; }
            .losses .band { fill: #888; fill-opacity: 0.3; }
            @media screen and (prefers-color-scheme: dark) { .losses text { fill: #ddd; } .losses .grid { stroke: #666; } }
            </style>
            """;

    private final StringBuilder svg = new StringBuilder();
    private final List<String> names;

    private LossChart(List<String> names) {
        this.names = names;
    }

    static String svg(Map<String, double[]> runs, LossCurves.@Nullable Band band) {
        LossChart chart = new LossChart(List.copyOf(runs.keySet()));
        List<double[]> losses = List.copyOf(runs.values());
        int height = (band == null ? BOTTOM : 2 * BOTTOM - TOP + UNDERNEATH) + MARGIN;
        chart.line(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"losses\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"losses\">",
                LossPanel.WIDTH, height);
        chart.svg.append(STYLE);
        chart.losses(losses, band);
        if (band != null) {
            chart.deviations(losses, band);
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

    private static LossPanel panel(int top, double low, double high, List<double[]> curves) {
        int longest = curves.stream().mapToInt(curve -> curve.length).max().orElse(0);
        return new LossPanel(top, top + BOTTOM - TOP, low, high, Math.max(2, longest));
    }

    private void losses(List<double[]> losses, LossCurves.@Nullable Band band) {
        DoubleStream highest = band == null ? DoubleStream.empty() : Arrays.stream(band.high());
        double greatest = DoubleStream.concat(highest, losses.stream().flatMapToDouble(Arrays::stream))
                .filter(Double::isFinite)
                .max()
                .orElse(1);
        LossPanel panel = panel(TOP, 0, niceAbove(greatest), losses);
        svg.append(panel.axes("loss", value -> value == 0 ? "0" : String.format(Locale.ROOT, "%.3g", value)));
        if (band != null) {
            svg.append(panel.region(band.low(), band.high()));
            int y = TOP + 18 * names.size();
            line("<rect class=\"band\" x=\"%d\" y=\"%d\" width=\"16\" height=\"8\"/>", legend(), y - 4);
            line("<text x=\"%d\" y=\"%d\">tolerance</text>", legend() + 22, y + 4);
        }
        curves(panel, losses, true);
        for (int i = 0; i < names.size(); i++) {
            int y = TOP + 18 * i;
            line("<path class=\"curve\" stroke=\"%s\" d=\"M%d %d h16\"/>", color(i), legend(), y);
            line("<text x=\"%d\" y=\"%d\">%s</text>", legend() + 22, y + 4, escaped(names.get(i)));
        }
    }

    /** The band is mostly too narrow to be seen, so each curve is shown once more with the band as the unit. */
    private void deviations(List<double[]> losses, LossCurves.Band band) {
        List<double[]> shares =
                losses.stream().map(curve -> shares(curve, band)).toList();
        LossPanel panel = panel(BOTTOM + UNDERNEATH, -REACH, REACH, losses);
        svg.append(panel.axes(
                "distance from the middle of the tolerance, by half its width",
                value -> String.format(Locale.ROOT, "%.0f", value)));
        double[] edge = new double[band.low().length];
        Arrays.fill(edge, 1);
        svg.append(panel.region(Arrays.stream(edge).map(one -> -one).toArray(), edge));
        curves(panel, shares, false);
    }

    private static double[] shares(double[] losses, LossCurves.Band band) {
        return IntStream.range(0, Math.min(losses.length, band.low().length))
                .mapToDouble(step -> {
                    double middle = band.low()[step] + (band.high()[step] - band.low()[step]) / 2;
                    double distance = losses[step] - middle;
                    return distance == 0 ? 0 : distance / ((band.high()[step] - band.low()[step]) / 2);
                })
                .toArray();
    }

    /** Curves that agree lie on each other; dashes of each but the first let those below show. */
    private void curves(LossPanel panel, List<double[]> curves, boolean dashed) {
        for (int i = 0; i < curves.size(); i++) {
            String dash = i == 0 || !dashed
                    ? ""
                    : " stroke-dasharray=\"8 " + 8 * (curves.size() - 1) + "\" stroke-dashoffset=\"" + 8 * i + "\"";
            String look = dashed ? "curve" : "curve fine";
            line("<path class=\"%s\" stroke=\"%s\"%s d=\"%s\"/>", look, color(i), dash, panel.path(curves.get(i)));
        }
    }

    private static int legend() {
        return LossPanel.WIDTH - LossPanel.RIGHT + 14;
    }

    private static String color(int index) {
        return COLORS.get(index % COLORS.size());
    }

    private void line(String format, Object... arguments) {
        svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
