package org.lamina.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lamina.cli.Invocation.lamina;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.DType;
import org.lamina.conformance.InputKind;
import org.lamina.conformance.LayerCheck;
import org.lamina.conformance.LayerResult;
import org.lamina.conformance.report.Collector;
import org.lamina.conformance.report.Setting;
import org.lamina.conformance.report.Subject;
import org.lamina.spi.BackendInfo;
import org.w3c.dom.Element;

/** The chapter's layers are run on every backend by the conformance tests themselves; here it is the command. */
class ConformCommandTest {
    @TempDir
    Path folder;

    private Workspace work;

    @BeforeEach
    void prepare() {
        work = new Workspace(folder);
        work.text("mine.json", Workspace.LINEAR);
    }

    @Test
    void aLayerOfOnesOwnOnEveryBackend() {
        Invocation invocation = lamina("conform", "--layer", work.at("mine.json"));

        assertThat(invocation.exitCode()).as(invocation.out()).isZero();
        assertThat(invocation.err()).isEmpty();
        List<String> lines = invocation.out().lines().toList();
        assertThat(lines.get(0).split(" {2,}"))
                .startsWith("worst error in ULPs", "dtype")
                .containsAll(Workspace.frameworks());
        assertThat(lines.get(1)).matches("mine.json +float32( +[0-9.]+)*");
        assertThat(lines.get(2)).matches("mine.json +float64( +[0-9.]+)*");
        assertThat(invocation.out()).contains("checks are right");
    }

    @Test
    void onAChosenBackendAndShape() {
        Invocation invocation = lamina(
                "conform", "--layer", work.at("mine.json"), "--backend", Backends.REFERENCE, "--input-shape", "7,5");
        assertThat(invocation.exitCode()).isZero();
        assertThat(invocation.out()).contains(Backends.REFERENCE);
        assertThat(lamina("conform", "--layer", work.at("mine.json"), "--input-shape", "7,6")
                        .exitCode())
                .isEqualTo(2);
    }

    @Test
    void theReportHasTheSameFigures() throws IOException {
        Invocation invocation = lamina(
                "conform",
                "--layer",
                work.at("mine.json"),
                "--backend",
                Backends.REFERENCE,
                "--report",
                work.at("report"));

        assertThat(invocation.exitCode()).isZero();
        String markdown = Files.readString(work.at("report/report.md"));
        String figure = invocation.out().lines().toList().get(1).replaceAll(".* ", "");
        assertThat(markdown).contains("| mine.json | float32 | " + figure + " |");
        assertThat(Files.readString(work.at("report/report.json")))
                .contains("\"passed\" : true")
                .contains("\"check\" : \"save load\"")
                .contains("\"state\" : \"pass\"")
                .contains("\"seed\" : 2024");
        assertThat(Files.readString(work.at("report/report.html")))
                .contains("mine.json", "pass: " + figure + " ULP", "prefers-color-scheme: dark", "<svg", "2024")
                .doesNotContain("<script", "<link", "src=");
        assertThat(Files.readString(work.at("report/junit.xml")))
                .contains(
                        "<testsuite name=\"reference\"",
                        "classname=\"mine.json\" name=\"forward, inputs from N(0, 1) float32\"")
                .doesNotContain("<failure");
    }

    @Test
    void theReportTellsAllFiveStates() throws Exception {
        BackendInfo narrow = new BackendInfo("tf", "TensorFlow", "1", "cpu", Set.of(DType.FLOAT32));
        double beyond = Double.POSITIVE_INFINITY;
        ConformReport report = report(
                narrow,
                new LayerResult("A<B>", "tf", DType.FLOAT32, LayerCheck.FORWARD, InputKind.GIVEN, 0.5, 1.25, ""),
                new LayerResult("A<B>", "tf", DType.FLOAT32, LayerCheck.SAVE_LOAD, InputKind.GIVEN, 0, 0, ""),
                new LayerResult(
                        "C",
                        "tf",
                        DType.FLOAT32,
                        LayerCheck.FORWARD,
                        InputKind.GIVEN,
                        beyond,
                        beyond,
                        "failed: a \"<&>\""));
        report.write(work.at("states"));

        assertThat(Files.readString(work.at("states/report.html")))
                .contains("A&lt;B&gt;", "\"heat2 start\"", "\"fail start\"")
                .contains("\"unsupported start\"", "\"skipped\"", "\"untested\"");
        Element suites = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(work.at("states/junit.xml").toFile())
                .getDocumentElement();
        Element failure = (Element) suites.getElementsByTagName("failure").item(0);
        assertThat(failure.getAttribute("message")).isEqualTo("failed: a \"<&>\"");
        assertThat(suites.getElementsByTagName("testcase").getLength()).isEqualTo(3 + 13);
        assertThat(suites.getElementsByTagName("skipped").getLength()).isEqualTo(13);
    }

    @Test
    void whatFailsIsShownAndEndsWithOne() {
        ConformReport report = report(
                new BackendInfo("tf", "TensorFlow", "1", "cpu", Set.of(DType.FLOAT32, DType.FLOAT64)),
                new LayerResult("A", "tf", DType.FLOAT32, LayerCheck.FORWARD, InputKind.GIVEN, 0.5, 1.25, ""),
                new LayerResult(
                        "A",
                        "tf",
                        DType.FLOAT32,
                        LayerCheck.GRADIENT,
                        InputKind.CONSTANT,
                        2,
                        9,
                        "grad.x: element [0] is 1"),
                new LayerResult(
                        "A",
                        "tf",
                        DType.FLOAT64,
                        LayerCheck.CLONE,
                        InputKind.GIVEN,
                        Double.POSITIVE_INFINITY,
                        Double.POSITIVE_INFINITY,
                        "no"));
        StringWriter out = new StringWriter();
        report.print(new PrintWriter(out));

        assertThat(report.report().passed()).isFalse();
        assertThat(out.toString())
                .containsPattern("A +float32 +9.00 FAIL")
                .containsPattern("A +float64 +wrong FAIL")
                .contains("rule 7.2, gradient, inputs of 1.1 alone: A on tf in float32: grad.x: element [0] is 1")
                .contains("2 of 3 checks are wrong");
    }

    private static ConformReport report(BackendInfo backend, LayerResult... results) {
        Collector collector = new Collector();
        collector.add(List.of(results));
        List<Subject> subjects = Stream.of(results)
                .map(LayerResult::layer)
                .distinct()
                .map(Subject::layer)
                .toList();
        return new ConformReport(
                collector.report(subjects, new Setting(List.of(backend), 7, "lamina 1", "lamina conform")));
    }

    @Test
    void allAndALayerOfOnesOwnExcludeEachOther() {
        Invocation invocation = lamina("conform", "--all", "--layer", work.at("mine.json"));
        assertThat(invocation.exitCode()).isEqualTo(2);
        assertThat(invocation.err()).contains("exclude each other");
    }

    @Test
    void nothingToCompareIsNoSuccess() {
        Invocation invocation = lamina("conform", "--layer", work.at("mine.json"), "--input-shape", "0,5");
        assertThat(invocation.exitCode()).isEqualTo(2);
        assertThat(invocation.err()).contains("has no elements");
    }

    @Test
    void theReportSaysHowToRepeatIt() throws IOException {
        lamina(
                "conform",
                "--layer",
                work.at("mine.json"),
                "--backend",
                Backends.REFERENCE,
                "--report",
                work.at("again"));
        assertThat(Files.readString(work.at("again/report.json")))
                .contains("\"command\" : \"lamina conform --layer " + work.at("mine.json") + " --backend reference");
    }
}
