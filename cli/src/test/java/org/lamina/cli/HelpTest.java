package org.lamina.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lamina.cli.Invocation.lamina;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every command explains itself, and docs/cli.md says the same. */
class HelpTest {
    private static final Path PAGE = Path.of(System.getProperty("lamina.home", ".."), "docs", "cli.md");
    private static final int WIDTH = 80;

    static List<String> commands() {
        return List.copyOf(Main.commandLine(BackendAhead.NONE).getSubcommands().keySet());
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

    @ParameterizedTest
    @MethodSource("commands")
    void examplesAreNotWrapped(String command) {
        String examples = lamina(command, "--help").out().split("Example:", 2)[1];
        assertThat(examples.lines().skip(1)).allMatch(line -> line.startsWith("  ") && line.length() <= WIDTH);
    }

    /** Under the heading of each command stands its help, from the usage to the last option. */
    @ParameterizedTest
    @MethodSource("commands")
    void thePageHoldsTheHelpOf(String command) throws IOException {
        String help = lamina(command, "--help").out().split("\\RExample:", 2)[0];
        String section = Files.readString(PAGE).split("(?m)^## " + command + "$", 2)[1];
        assertThat(section.split("(?m)^## ", 2)[0]).containsIgnoringNewLines("```\n" + help + "```\n");
    }

    @Test
    void thePageHasASectionForEachCommand() throws IOException {
        assertThat(Files.readAllLines(PAGE).stream()
                        .filter(line -> line.startsWith("## "))
                        .map(line -> line.substring(3))
                        .filter(commands()::contains))
                .containsExactlyElementsOf(commands());
    }
}
