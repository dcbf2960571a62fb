package org.lamina.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;
import picocli.CommandLine;

/** What one run of the command in this JVM gave. */
record Invocation(int exitCode, String out, String err) {
    static Invocation lamina(Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine command =
                Main.commandLine(BackendAhead.NONE).setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        int exitCode =
                command.execute(Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
        return new Invocation(exitCode, out.toString(), err.toString());
    }

    /** The file name as an argument. */
    static String at(Path folder, String name) {
        return folder.resolve(name).toString();
    }
}
