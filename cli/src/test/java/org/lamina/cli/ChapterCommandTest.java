package org.lamina.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lamina.cli.Invocation.lamina;

import org.junit.jupiter.api.Test;

class ChapterCommandTest {
    @Test
    void goesThroughTheSectionOnEveryBackend() {
        Invocation invocation = lamina("chapter");

        assertThat(invocation.exitCode()).as(invocation.out()).isZero();
        assertThat(invocation.err()).isEmpty();
        assertThat(invocation.out())
                .containsSubsequence(
                        "6.5.1 Layers without Parameters",
                        "[-2.0, -1.0, 0.0, 1.0, 2.0] float32 (5,)",
                        "6.5.2 Layers with Parameters",
                        "weight [[",
                        "float32 (5, 3); bias [",
                        "6.5.3 Save, load and clone",
                        "true, Y = [[",
                        "6.5.4 Exercises",
                        "float32 (3, 2)",
                        "All backends agree.");
        for (String backend : Workspace.frameworks()) {
            // Backends that give the same digits share a line: djl, tf  [[1.0]].
            assertThat(invocation
                            .out()
                            .lines()
                            .filter(line -> line.matches("    ([a-z0-9-]+, )*" + backend + "[, ].*")))
                    .as("a line of %s for each step", backend)
                    .hasSize(ChapterSteps.all().size());
        }
    }
}
