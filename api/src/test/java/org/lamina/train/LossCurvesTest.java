package org.lamina.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.LaminaException;
import org.w3c.dom.Document;

class LossCurvesTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void writesEveryDigit() throws IOException {
        Path file = folder.resolve("losses.csv");
        LossCurves.writeCsv(file, new double[] {Math.E, 0.1, Double.NaN, 1e-300});
        assertThat(file).hasContent("step,loss\n0,2.718281828459045\n1,0.1\n2,NaN\n3,1.0E-300\n");
    }

    @Test
    void drawsEachRunOnceAndNamesIt() throws Exception {
        Map<String, double[]> runs = new LinkedHashMap<>();
        runs.put("dl4j", new double[] {2, 1, 0.5});
        runs.put("a<b & c", new double[] {2, Double.NaN, 0.5, 0.25});
        Path file = folder.resolve("losses.svg");
        LossCurves.writeSvg(file, runs, new LossCurves.Band(new double[] {1, 0.5}, new double[] {3, 2}));
        String text = Files.readString(file);
        Document svg = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        assertThat(svg.getElementsByTagName("polygon").getLength()).isEqualTo(2);
        assertThat(text)
                .contains(">dl4j</text>", ">a&lt;b &amp; c</text>", "prefers-color-scheme: dark")
                .contains("M421.3,", "L600.0,") // the gap at step 1 ends with a new stroke at step 2
                .doesNotContain("NaN")
                .doesNotContain("href");
    }

    @Test
    void showsTheDistanceFromTheMiddleOfTheBand() {
        String text = LossCurves.svg(
                Map.of("x", new double[] {2, 1.5, 9, 7}),
                new LossCurves.Band(new double[] {1, 1, 1, 7}, new double[] {3, 2, 3, 7}));
        // in the middle; in the middle; beyond what is shown, at its upper edge; a band of no width
        assertThat(text).contains("d=\"M64.0,594.00 L242.7,594.00 L421.3,436.00 L600.0,594.00\"");
        assertThat(LossCurves.svg(Map.of("x", new double[] {2}), null)).doesNotContain("middle of the tolerance");
    }

    @Test
    void hasRoundNumbersAtTheAxis() {
        assertThat(LossChart.niceAbove(2.4)).isEqualTo(2.5);
        assertThat(LossChart.niceAbove(0.051)).isEqualTo(0.1);
        assertThat(LossChart.niceAbove(1000)).isEqualTo(1000);
        assertThat(LossChart.niceAbove(0)).isEqualTo(1);
    }

    @Test
    void drawsNothingWithoutFailing() {
        assertThat(LossChart.svg(Map.of("x", new double[0]), null)).contains("</svg>");
        assertThat(LossChart.svg(Map.of(), null)).contains("</svg>");
        assertThatThrownBy(() -> new LossCurves.Band(new double[1], new double[2]))
                .isInstanceOf(LaminaException.class);
    }
}
