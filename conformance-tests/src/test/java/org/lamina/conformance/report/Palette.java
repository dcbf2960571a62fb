package org.lamina.conformance.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The colours of a page in one scheme.
 *
 * @param luminances relative luminance by name, as WCAG defines it
 */
record Palette(Map<String, Double> luminances) {
    private static final Pattern COLOR = Pattern.compile("--([a-z0-9-]+): #([0-9a-f]{6})");

    static Palette of(String css) {
        Map<String, Double> luminances = new HashMap<>();
        Matcher matcher = COLOR.matcher(css);
        while (matcher.find()) {
            luminances.put(matcher.group(1), luminance(Integer.parseInt(matcher.group(2), 16)));
        }
        return new Palette(luminances);
    }

    private static double luminance(int color) {
        return 0.2126 * linear(color >> 16) + 0.7152 * linear(color >> 8) + 0.0722 * linear(color);
    }

    private static double linear(int channel) {
        double share = (channel & 0xFF) / 255.0;
        return share <= 0.04045 ? share / 12.92 : Math.pow((share + 0.055) / 1.055, 2.4);
    }

    private double luminance(String name) {
        return Objects.requireNonNull(luminances.get(name), name);
    }

    void requireContrast(String color, String ground, double least) {
        double lighter = Math.max(luminance(color), luminance(ground));
        double darker = Math.min(luminance(color), luminance(ground));
        assertThat((lighter + 0.05) / (darker + 0.05))
                .as(color + " on " + ground)
                .isGreaterThanOrEqualTo(least);
    }

    /** Each goes further from the ground than the one before, in the same direction: stronger, darker or lighter. */
    void requireSteps(List<String> names) {
        double direction = Math.signum(luminance(names.get(names.size() - 1)) - luminance(names.get(0)));
        for (int i = 1; i < names.size(); i++) {
            assertThat((luminance(names.get(i)) - luminance(names.get(i - 1))) * direction)
                    .as(names.get(i) + " after " + names.get(i - 1))
                    .isPositive();
        }
    }
}
