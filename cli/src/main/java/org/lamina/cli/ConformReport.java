package org.lamina.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import org.lamina.conformance.report.Check;
import org.lamina.conformance.report.ConformanceReport;

/** The results of conform for a terminal and as files. */
record ConformReport(ConformanceReport report) {
    void print(PrintWriter out) {
        Table table = new Table();
        report.rows().forEach(table::row);
        table.print(out);
        out.println();
        report.failures().stream().map(Check::toString).forEach(out::println);
        out.println(report.summary());
        out.flush();
    }

    /** Writes report.html, report.md, report.json and junit.xml, all or none. */
    void write(Path folder) {
        OutputFiles files = new OutputFiles();
        report.files().forEach((name, text) -> files.add(folder.resolve(name), text));
        files.write();
    }
}
