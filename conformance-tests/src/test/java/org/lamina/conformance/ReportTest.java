package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.lamina.architecture.SourceTree;
import org.lamina.conformance.report.Cell;
import org.lamina.conformance.report.ConformanceReport;
import org.lamina.conformance.report.State;

/** The report of this run of the tests; it comes last, so that all the others are in it. */
@Order(Integer.MAX_VALUE)
class ReportTest {
    private static final Path FOLDER = Path.of("target", "conformance-report");
    private static final String PAGE = "docs/CONFORMANCE.md";

    private final ConformanceReport report = ThisRun.report();

    @BeforeEach
    void somethingRan() {
        assumeFalse(report.checks().isEmpty(), "no test that feeds the report ran");
    }

    @Test
    void isWritten() throws IOException {
        report.write(FOLDER);
        Files.writeString(FOLDER.resolve("CONFORMANCE.md"), report.summaryPage());
        assertThat(FOLDER).isDirectoryContaining("glob:**/report.html");
    }

    @Test
    void everyCellWasCheckedOrHasAReason() {
        assumeWholeRun();
        List<String> untested = report.cells().stream()
                .filter(cell -> cell.state() == State.UNTESTED)
                .map(Cell::toString)
                .toList();
        assertThat(untested).as("cells without a check; feed ThisRun.COLLECTOR").isEmpty();
        assertThat(report.cells()).filteredOn(cell -> cell.checks().isEmpty()).allMatch(cell -> !cell.reason()
                .isEmpty());
    }

    @Test
    void theProjectsPageSaysTheSame() throws IOException {
        assumeWholeRun();
        Path page = SourceTree.ofThisProject().home().resolve(PAGE);
        String committed = Files.exists(page) ? Files.readString(page) : "";
        assertThat(SummaryTables.differences(committed, report.summaryPage()))
                .as(PAGE + " is not what this run gives. After a run with all frameworks, this writes it anew:\n"
                        + "cp conformance-tests/target/conformance-report/CONFORMANCE.md " + PAGE)
                .isEmpty();
    }

    /** Maven hands its option -Dtest on. */
    private static void assumeWholeRun() {
        assumeTrue(System.getProperty("test") == null, "only some of the tests were asked for");
    }
}
