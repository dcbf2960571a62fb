package org.lamina.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lamina.cli.Invocation.lamina;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every command explains itself, and docs/cli.md says the same. */
class HelpTest {
    private static final Path PAGE = Path.of(System.getProperty("lamina.home", ".."), "docs", "cli.md");
    private static final String INTRODUCTION = """
            # The command

            What `lamina COMMAND --help` says; a test keeps this page equal to it. To write it anew after a change:

                mvn -pl cli -am test -Dtest=HelpTest -Dsurefire.failIfNoSpecifiedTests=false -Dlamina.write.docs=true

            `./lamina` builds what it needs on first use. `LAMINA_PROFILE` chooses the frameworks, `LAMINA_JAVA_OPTS` gives the JVM
            further options. Exit codes: 0 done; 1 numbers differ or the work failed; 2 wrong usage or bad input, and then nothing
            was written.
            """;

    static List<String> commands() {
        return List.copyOf(Main.commandLine().getSubcommands().keySet());
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandHasHelpWithAnExample(String command) {
        Invocation help = lamina(command, "--help");
        assertThat(help.exitCode()).isZero();
        assertThat(help.err()).isEmpty();
        assertThat(help.out())
                .contains("Usage: lamina " + command)
                .contains("Example:")
                .contains("  lamina " + command);
    }

    @Test
    void theCommandItselfListsThem() {
        Invocation help = lamina("--help");
        assertThat(help.exitCode()).isZero();
        assertThat(help.out()).contains(commands());
        assertThat(lamina("--version").out()).startsWith("lamina ");
    }

    @Test
    void thePageIsCurrent() throws IOException {
        StringBuilder page = new StringBuilder(INTRODUCTION);
        List<String> sections = new ArrayList<>(List.of(""));
        sections.addAll(commands());
        for (String command : sections) {
            String name = ("lamina " + command).strip();
            page.append("\n## ").append(name).append("\n\n```\n");
            page.append(
                    command.isEmpty()
                            ? lamina("--help").out()
                            : lamina(command, "--help").out());
            page.append("```\n");
        }
        if (Boolean.getBoolean("lamina.write.docs")) {
            Files.writeString(PAGE, page.toString());
        }
        assertThat(Files.readString(PAGE)).isEqualToNormalizingNewlines(page.toString());
    }
}
