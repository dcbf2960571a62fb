package org.lamina.conformance.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.lamina.DType;
import org.lamina.conformance.Failure;
import org.lamina.conformance.InputKind;
import org.lamina.conformance.KnownError;
import org.lamina.conformance.KnownErrors;
import org.lamina.conformance.LayerCheck;
import org.lamina.conformance.LayerResult;
import org.lamina.conformance.PrimitiveCase;
import org.lamina.conformance.PrimitiveResult;
import org.lamina.conformance.cases.PrimitiveCases;
import org.lamina.spi.BackendInfo;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** The page without a browser: it needs nothing else, says everything in words, and can be read in both schemes. */
class HtmlReportTest {
    private static final BackendInfo WHOLE =
            new BackendInfo("djl", "DJL, PyTorch engine", "1", "cpu", Set.of(DType.values()));
    private static final BackendInfo NARROW =
            new BackendInfo("tf", "TensorFlow <Java>", "1", "cpu", Set.of(DType.FLOAT32, DType.INT32));

    private final ConformanceReport report = report();
    private final String html = html(report);
    private final Document page = parse(html);

    /** Right and wrong results, and some that are missing: every state. */
    private static ConformanceReport report() {
        Collector collector = new Collector();
        double beyond = Double.POSITIVE_INFINITY;
        for (String backend : List.of("djl", "tf")) {
            collector.add(List.of(
                    layer("A<B>", backend, LayerCheck.FORWARD, 0.2, 1.25, ""),
                    layer("A<B>", backend, LayerCheck.GRADIENT, 0.9, 3.5, ""),
                    layer("A<B>", backend, LayerCheck.SAVE_LOAD, 0, 0, ""),
                    layer("C", backend, LayerCheck.FORWARD, 0, 0, ""),
                    layer(
                            "C",
                            backend,
                            LayerCheck.GRADIENT,
                            2,
                            9,
                            "grad.x: element [0] is 1\u0007, expected \"2\" & 3"),
                    layer(
                            "D",
                            backend,
                            LayerCheck.FORWARD,
                            beyond,
                            beyond,
                            "failed: java.lang.IllegalStateException")));
        }
        for (PrimitiveCase primitive : PrimitiveCases.all()) {
            if (primitive.op().equals("exp")) {
                collector.add(Section.PRIMITIVES, new PrimitiveResult(primitive, "djl", 0.3, 1.5, List.of()));
                collector.add(
                        Section.PRIMITIVES, new PrimitiveResult(primitive, "tf", 3, 20, List.of(failure(primitive))));
            }
        }
        collector.losses("a net", Map.of("djl", new double[] {2, 1, 0.5}), null);
        List<Subject> subjects =
                new ArrayList<>(Stream.of("A<B>", "C", "D").map(Subject::layer).toList());
        subjects.addAll(Subject.primitives());
        return collector.report(subjects, new Setting(List.of(WHOLE, NARROW), 7, "lamina 1", "lamina conform --all"));
    }

    private static LayerResult layer(
            String name, String backend, LayerCheck check, double units, double ulps, String failure) {
        return new LayerResult(name, backend, DType.FLOAT32, check, InputKind.CONSTANT, units, ulps, failure);
    }

    private static Failure failure(PrimitiveCase primitive) {
        return new Failure(
                primitive.rule(), "", "tf 1", primitive.toString(), "call 0, output 0, exp", "element [0] is 2", "", 1);
    }

    private static String html(ConformanceReport report) {
        return String.valueOf(report.files().get("report.html"));
    }

    private static Document parse(String html) {
        try {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new InputSource(new StringReader(html)));
        } catch (SAXException | IOException | ParserConfigurationException e) {
            throw new AssertionError("the page is not well-formed", e);
        }
    }

    private List<Element> all(String tag) {
        NodeList found = page.getElementsByTagName(tag);
        return IntStream.range(0, found.getLength())
                .mapToObj(i -> (Element) found.item(i))
                .toList();
    }

    @Test
    void needsNothingElse() {
        assertThat(html).doesNotContain("<script", "<link", "<img", "<iframe", "src=", "@import", "url(");
        Set<String> ids = new TreeSet<>();
        for (Element element : all("*")) {
            if (element.hasAttribute("id")) {
                assertThat(ids.add(element.getAttribute("id")))
                        .as("id " + element.getAttribute("id"))
                        .isTrue();
            }
        }
        for (Element link : all("a")) {
            String href = link.getAttribute("href");
            assertThat(href).matches("#.+|https?://.+");
            assertThat(
                            href.startsWith("#")
                                    ? ids.contains(href.substring(1))
                                    : !link.getTextContent().isBlank())
                    .as(href)
                    .isTrue();
        }
    }

    @Test
    void showsEveryStateInWords() {
        for (State state : State.values()) {
            List<Element> cells = all("td").stream()
                    .filter(cell -> cell.getAttribute("title").startsWith(state.toString()))
                    .toList();
            assertThat(cells).as(state.toString()).isNotEmpty();
            assertThat(cells)
                    .allMatch(cell -> state == State.PASS
                            || (cell.getAttribute("class").contains(state.toString())
                                    && cell.getTextContent().contains(state.sign())));
        }
        assertThat(all("td"))
                .filteredOn(cell -> cell.getAttribute("class").startsWith("skipped"))
                .allMatch(cell -> cell.getAttribute("title").length() > "skipped: ".length());
    }

    @Test
    void tellsWhatIsWrong() {
        assertThat(all("h1").get(0).getTextContent()).contains("checks fail");
        assertThat(all("li").stream().map(Element::getTextContent))
                .anyMatch(text -> text.contains("rule 7.2, gradient, inputs of 1.1 alone: C on djl in float32")
                        && text.contains("element [0] is 1\uFFFD, expected \"2\" & 3"))
                .anyMatch(
                        text -> text.contains("rule 3.6") && text.contains("call 0, output 0, exp: element [0] is 2"));
        assertThat(html(new Collector()
                        .report(List.of(Subject.layer("A")), new Setting(List.of(WHOLE), 1, "lamina 1", "mvn verify"))))
                .doesNotContain("id=\"failures\"", "id=\"losses\"");
    }

    /** Of djl's checks 0.2, 0.9, 0.3 twice and more pass, one takes twice the tolerance, and one gives no number. */
    @Test
    void showsTheSharesOfTheTolerance() {
        assertThat(all("figcaption").stream().map(Element::getTextContent))
                .contains("djl worst: beyond any tolerance", "tf worst: beyond any tolerance");
        assertThat(all("line").stream()
                        .filter(line -> line.getAttribute("class").equals("mark")))
                .hasSize(2);
        String[] shares = String.valueOf(report.files().get("report.json")).split("\"share\" : ");
        assertThat(Stream.of(shares).skip(1).limit(12).map(share -> share.replaceAll("\\s+", " ")))
                .anyMatch(share -> share.startsWith("\"20 to 30 %\", \"checks\" : 1 "))
                .anyMatch(share -> share.startsWith("\"90 to 100 %\", \"checks\" : 1 "))
                .anyMatch(share -> share.startsWith("\"beyond the tolerance\", \"checks\" : 2 "));
        assertThat(String.valueOf(report.files().get("report.md")))
                .contains("## Share of the tolerance", "| 90 to 100 % |");
    }

    /** An error within a bound of its own passes, and is counted among those beyond the tolerance. */
    @Test
    void showsKnownErrorsWithTheirOwnBound() {
        KnownError known =
                new KnownError("djl", "A", Set.of(DType.FLOAT32), 4000, "It adds up as a loop.", "https://a.org/b");
        KnownError wide = new KnownError("djl", "A", Set.of(DType.FLOAT64), 300, "It does too.", "none found");
        KnownError other = new KnownError("dl4j", "A", Set.of(DType.FLOAT32), 4000, "Not run.", "none found");
        ConformanceReport report = new ConformanceReport(
                List.of(Subject.layer("A")),
                List.of(Check.of(layer("A", "djl", LayerCheck.FORWARD, 2.5, 40, ""))),
                List.of(),
                new Setting(List.of(WHOLE), 1, "lamina 1", "mvn verify"),
                new KnownErrors(List.of(known, wide, other)));
        assertThat(report.passed()).isTrue();
        assertThat(report.knownErrors()).containsExactly(known, wide);
        assertThat(html(report))
                .contains("id=\"known-errors\"", "from 4,000 terms on", "href=\"https://a.org/b\"", "none found")
                .contains("beyond the tolerance: 1</title>")
                .doesNotContain("Not run.");
        assertThat(report.files().values())
                .filteredOn(text -> text.contains("It adds up as a loop."))
                .hasSize(3);
        ConformanceReport without = new ConformanceReport(
                List.of(Subject.layer("A")),
                List.of(),
                List.of(),
                new Setting(List.of(WHOLE), 1, "lamina 1", "mvn verify"),
                new KnownErrors(List.of()));
        assertThat(html(without)).doesNotContain("known-errors\"");
    }

    /** What is 0 in theory has no units in the last place to count. */
    @Test
    void showsAnErrorOfZeroWithoutUlps() {
        Collector collector = new Collector();
        collector.add(List.of(layer("A", "djl", LayerCheck.FORWARD, 0.5, 0, "")));
        ConformanceReport report =
                collector.report(List.of(Subject.layer("A")), new Setting(List.of(WHOLE), 1, "lamina 1", "mvn verify"));
        assertThat(report.rows().get(1)).containsExactly("A", "float32", "\u2248 0");
        assertThat(html(report)).contains("pass: no ULPs, as the truth is 0, 50 % of the tolerance");
    }

    @Test
    void canBeUsedWithoutEyesOrMouse() {
        assertThat(all("html").get(0).getAttribute("lang")).isEqualTo("en");
        assertThat(all("th")).isNotEmpty().allMatch(header -> header.hasAttribute("scope"));
        assertThat(all("table"))
                .allMatch(table -> table.getElementsByTagName("caption").getLength() == 1);
        assertThat(all("svg"))
                .allMatch(picture -> picture.getAttribute("aria-hidden").equals("true")
                        || (picture.getAttribute("role").equals("img") && picture.hasAttribute("aria-label")));
        assertThat(all("div"))
                .filteredOn(region -> region.getAttribute("class").equals("wide"))
                .allMatch(region ->
                        region.getAttribute("tabindex").equals("0") && region.hasAttribute("aria-labelledby"));
        assertThat(all("label").get(0).getAttribute("for"))
                .isEqualTo(all("input").get(0).getAttribute("id"));
    }

    /** Of WCAG 2.2, level AA: 4.5 for text, 3 for what is drawn. */
    @Test
    void hasEnoughContrastInBothSchemes() {
        String[] schemes = html.split(Pattern.quote("@media screen and (prefers-color-scheme: dark)"), 2);
        for (String scheme : schemes) {
            Palette colors = Palette.of(scheme);
            for (String ground : List.of("page", "card", "heat0", "heat1", "heat2", "heat3", "heat4", "fail-ground")) {
                colors.requireContrast("text", ground, 4.5);
            }
            for (String ground : List.of("page", "card", "heat0")) {
                colors.requireContrast("quiet", ground, 4.5);
            }
            colors.requireContrast("link", "page", 4.5);
            colors.requireContrast("link", "card", 4.5);
            colors.requireContrast("good", "good-ground", 4.5);
            colors.requireContrast("fail", "fail-ground", 4.5);
            for (String drawn : List.of("bar", "rest", "fail")) {
                colors.requireContrast(drawn, "card", 3);
            }
            colors.requireSteps(List.of("card", "heat0", "heat1", "heat2", "heat3", "heat4"));
        }
        assertThat(schemes).hasSize(2);
    }

    @Test
    void isWrittenWhereAPersonCanLookAtIt() {
        Path folder = Path.of("target", "conformance-report-with-failures");
        report.write(folder);
        assertThat(folder.resolve("report.html")).hasContent(html(report));
    }
}
