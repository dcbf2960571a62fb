package org.lamina.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.Option;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;

/** The entry point: exit code 0 when done, 1 when numbers differ or the work failed, 2 for wrong usage and bad input. */
@Command(
        name = "lamina",
        description = "Write a layer once, get the same numbers on every framework.",
        versionProvider = Version.class,
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        synopsisSubcommandLabel = "COMMAND",
        usageHelpAutoWidth = true,
        footerHeading = "%nExample:%n",
        footer = "  lamina chapter",
        subcommands = {
            ChapterCommand.class,
            BackendsCommand.class,
            InitCommand.class,
            RunCommand.class,
            DigitsCommand.class,
            TrainCommand.class,
            ConformCommand.class,
            PortCommand.class,
            InspectCommand.class
        })
public final class Main {
    @Option(names = "--verbose", scope = ScopeType.INHERIT, description = "Show the stack trace of an error.")
    private boolean verbose;

    private Main() {}

    /** Runs the command line and ends the JVM with its exit code. */
    public static void main(String[] arguments) {
        int exitCode;
        try (BackendAhead ahead = BackendAhead.of(List.of(arguments))) {
            exitCode = commandLine(ahead).execute(arguments);
        }
        System.exit(StandardOutput.exitCode(exitCode, System.out, System.err, StandardOutput.isPipe()));
    }

    static CommandLine commandLine(BackendAhead ahead) {
        Main main = new Main();
        Failures failures = new Failures(() -> main.verbose);
        return new CommandLine(main, factory(ahead))
                .setExecutionStrategy(failures.reportingErrors(new RunLast()))
                .setExecutionExceptionHandler(failures)
                .setParameterExceptionHandler(failures);
    }

    private static IFactory factory(BackendAhead ahead) {
        IFactory rest = CommandLine.defaultFactory();
        return new IFactory() {
            @Override
            public <K> K create(Class<K> type) throws Exception {
                return type == RunCommand.class ? type.cast(new RunCommand(ahead)) : rest.create(type);
            }
        };
    }
}
