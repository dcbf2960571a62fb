package org.lamina.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.lamina.LaminaException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IExecutionStrategy;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Says what went wrong on standard error, without a stack trace unless it is asked for, and chooses the exit code. */
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
    /** The work failed, or numbers differ. */
    static final int FAILED = 1;
    /** Wrong usage or bad input. */
    static final int USAGE = 2;

    private final BooleanSupplier verbose;

    Failures(BooleanSupplier verbose) {
        this.verbose = verbose;
    }

    @Override
    public int handleParseException(ParameterException failure, String[] arguments) {
        CommandLine command = failure.getCommandLine();
        PrintWriter err = command.getErr();
        String name = command.getCommandSpec().qualifiedName();
        err.println(name + ": " + sentence(String.valueOf(failure.getMessage())) + " Nothing was run. See " + name
                + " --help.");
        trace(failure, err);
        return USAGE;
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult arguments) {
        return report(failure, command);
    }

    /** The strategy with errors of the JVM reported too, which picocli lets pass: memory used up, a framework that does not link. */
    IExecutionStrategy reportingErrors(IExecutionStrategy strategy) {
        return arguments -> {
            try {
                return strategy.execute(arguments);
            } catch (OutOfMemoryError | StackOverflowError | LinkageError e) {
                List<CommandLine> commands = arguments.asCommandLineList();
                return report(e, commands.get(commands.size() - 1));
            }
        };
    }

    /** Reports what ended a command and gives its exit code. */
    int report(Throwable failure, CommandLine command) {
        PrintWriter err = command.getErr();
        err.println(command.getCommandSpec().qualifiedName() + ": " + explain(failure));
        trace(failure, err);
        return exitCode(failure);
    }

    /** The exit code for what ended a command. */
    static int exitCode(Throwable failure) {
        return failure instanceof LaminaException lamina && isBadInput(lamina) ? USAGE : FAILED;
    }

    private static boolean isBadInput(LaminaException failure) {
        return switch (failure.code()) {
            case BACKEND_FAILURE, CLOSED -> false;
            // A path may be wrong; but a disk that is full or breaks fails work that was asked for rightly.
            case FILE_ACCESS ->
                !(failure.getCause() instanceof IOException cause)
                        || cause instanceof NoSuchFileException
                        || cause instanceof AccessDeniedException;
            default -> true;
        };
    }

    private String explain(Throwable failure) {
        if (failure instanceof LaminaException lamina) {
            return lamina.getMessage() + " [" + lamina.code() + "]";
        }
        if (failure instanceof OutOfMemoryError) {
            return "the memory of the JVM is used up (" + failure.getMessage()
                    + "); nothing was written. Give it more, as with "
                    + "LAMINA_JAVA_OPTS=-Xmx8g, or make the input smaller.";
        }
        return "an internal error, which should not happen: " + failure + "; nothing was written. Run it again with "
                + "--verbose and report the stack trace.";
    }

    private static String sentence(String message) {
        return message.endsWith(".") ? message : message + ".";
    }

    private void trace(Throwable failure, PrintWriter err) {
        if (verbose.getAsBoolean()) {
            failure.printStackTrace(err);
        }
        err.flush();
    }
}
