package org.lamina.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The entry point: exit code 0 when done, 1 when the work failed, 2 for wrong usage. */
@Command(
        name = "lamina",
        description = "Write a layer once, get the same numbers on every framework.",
        versionProvider = Version.class,
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
public final class Main {
    private Main() {}

    /** Runs the command line and ends the JVM with its exit code. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }
}
